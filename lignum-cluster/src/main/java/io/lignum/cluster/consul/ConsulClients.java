package io.lignum.cluster.consul;

import com.google.common.net.HostAndPort;

import org.jspecify.annotations.Nullable;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.config.CacheConfig;
import org.kiwiproject.consul.config.ClientConfig;

import java.util.function.Supplier;

/**
 * The clients of consul-client for a {@link ConsulCoordinator}. When the settings change, calls
 * that begin later get new clients. The old ones finish their calls; they are destroyed at the next
 * change. Any thread.
 */
final class ConsulClients {

    /**
     * Two clients for the same settings, since watches block for long.
     *
     * @param control for calls
     * @param watching for watches
     */
    record Pair(ConsulSettings settings, Consul control, Consul watching) {

        private void destroy() {
            control.destroy();
            watching.destroy();
        }
    }

    private final Supplier<ConsulSettings> settings;
    private Pair current; // guarded by this
    private @Nullable Pair previous; // guarded by this

    /** @param settings asked for each call */
    ConsulClients(Supplier<ConsulSettings> settings) {
        this.settings = settings;
        this.current = make(settings.get());
    }

    /** The clients for a call that begins now. */
    synchronized Pair current() {
        ConsulSettings now = settings.get();
        if (!current.settings.equals(now)) {
            Pair old = previous;
            if (old != null) {
                old.destroy();
            }
            previous = current;
            current = make(now);
        }
        return current;
    }

    /** Cuts off all calls. */
    synchronized void destroy() {
        current.destroy();
        Pair old = previous;
        if (old != null) {
            old.destroy();
        }
    }

    private static Pair make(ConsulSettings settings) {
        return new Pair(settings, client(settings), client(settings));
    }

    private static Consul client(ConsulSettings settings) {
        // consul-client's own adjustment of read time-outs ignores milliseconds; SendOnce sets
        // them.
        ClientConfig config = new ClientConfig(
                CacheConfig.builder().withTimeoutAutoAdjustmentEnabled(false).build());
        HostAndPort agent = HostAndPort.fromParts(settings.host(), settings.port());
        Consul.Builder builder = Consul.builder()
                .withHostAndPort(agent)
                .withHttps(settings.tls().isPresent())
                .withClientConfiguration(config)
                .withConnectTimeoutMillis(settings.connectTimeout().toMillis())
                .withReadTimeoutMillis(settings.readTimeout().toMillis())
                .withWriteTimeoutMillis(settings.readTimeout().toMillis())
                .withConsulFailoverInterceptor(new SendOnce(agent, settings.readTimeout()));
        settings.aclToken().ifPresent(builder::withTokenAuth);
        settings.tls()
                .ifPresent(
                        tls -> builder.withSslContext(tls.context()).withTrustManager(tls.trust()));
        return builder.build();
    }
}

package io.lignum.cluster.consul;

import com.google.common.net.HostAndPort;

import okhttp3.Response;

import org.kiwiproject.consul.util.failover.ConsulFailoverInterceptor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps OkHttp from sending a write again by itself when a connection breaks, which would turn it
 * into two (a read sent twice does no harm, and spares a failure for each idle connection that
 * broke at a restart of Consul); and gives a blocking query the time that it asks for. The failover
 * interceptor is the only place where the client lets one in; nothing of its own behaviour is used.
 */
final class SendOnce extends ConsulFailoverInterceptor {

    /** Consul adds up to a sixteenth to a wait. */
    private static final int JITTER = 16;

    private final Duration readTimeout;

    SendOnce(HostAndPort agent, Duration readTimeout) {
        super(List.of(agent), readTimeout.toMillis());
        this.readTimeout = readTimeout;
    }

    // The class above swallows and wraps; its signature has no IOException, so one is thrown
    // unchecked.
    @Override
    public Response intercept(Chain chain) {
        String wait = chain.request().url().queryParameter("wait");
        long millis = readTimeout.toMillis();
        if (wait != null) {
            long asked = Long.parseLong(wait.substring(0, wait.length() - "ms".length()));
            millis += asked + asked / JITTER;
        }
        try {
            return chain.withRetryOnConnectionFailure(chain.request().method().equals("GET"))
                    .withReadTimeout((int) millis, TimeUnit.MILLISECONDS)
                    .proceed(chain.request());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}

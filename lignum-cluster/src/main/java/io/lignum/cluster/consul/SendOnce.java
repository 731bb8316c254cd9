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
 * Prevents OkHttp from sending a write twice when a connection breaks, and gives a blocking query
 * the read time-out that its wait needs. A read may be sent twice, which is harmless and avoids a
 * failure for each idle connection after a restart of Consul.
 *
 * <p>It extends the failover interceptor, because that is the only place where consul-client
 * accepts an interceptor; none of its behaviour is used.
 */
final class SendOnce extends ConsulFailoverInterceptor {

    /** Consul adds up to a sixteenth of it to a wait. */
    private static final int JITTER = 16;

    private final Duration readTimeout;

    SendOnce(HostAndPort agent, Duration readTimeout) {
        super(List.of(agent), readTimeout.toMillis());
        this.readTimeout = readTimeout;
    }

    // The superclass wraps exceptions, and its signature has no IOException, so one is thrown
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

package io.lignum.server.grpc;

import io.lignum.server.service.Recheck;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import org.jspecify.annotations.Nullable;

/**
 * Watches whether the caller of an open stream still has its rights, also while nothing happens on
 * the stream. Any thread.
 */
final class StreamRights {

    private volatile Recheck recheck = () -> {};
    private volatile @Nullable ServiceException refusal;

    /**
     * Starts to watch.
     *
     * @param check throws ServiceException if a right is missing
     * @param ended called once that has happened; must be quick
     */
    void watch(Session session, Runnable check, Runnable ended) {
        recheck = session.recheck(() -> {
            try {
                check.run();
            } catch (ServiceException refused) {
                refusal = refused;
                ended.run();
            }
        });
    }

    /** Why the stream must end; null: it may go on. */
    @Nullable
    ServiceException refusal() {
        return refusal;
    }

    /** Stops watching. */
    void close() {
        recheck.close();
    }
}

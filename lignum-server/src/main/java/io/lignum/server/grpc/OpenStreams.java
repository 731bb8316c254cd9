package io.lignum.server.grpc;

import io.lignum.server.service.LogService;
import io.lignum.server.service.Permit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Holds the open streams, so that {@link GrpcServer} can end each of them when the node stops. Any
 * thread.
 */
final class OpenStreams {

    /** A stream that can be asked to end. */
    interface Stream {
        /**
         * Accepts no more requests, finishes those in progress, then ends with "shutting down".
         * Idempotent.
         */
        void stop();
    }

    private final LogService service;

    // Guarded by this.
    private final Set<Stream> streams = new HashSet<>();
    private boolean stopping;

    OpenStreams(LogService service) {
        this.service = service;
    }

    /** Opens a stream, or throws the service's error about the limit. */
    Place open() {
        return new Place(service.admission().stream());
    }

    void stopAll() {
        List<Stream> all;
        synchronized (this) {
            stopping = true;
            all = List.copyOf(streams);
        }
        all.forEach(Stream::stop);
    }

    private synchronized boolean add(Stream stream) {
        streams.add(stream);
        return !stopping;
    }

    private synchronized void remove(Stream stream) {
        streams.remove(stream);
    }

    /** The permission of one stream to be open; released once, when the stream ends. */
    final class Place {

        private final Permit permit;

        private Place(Permit permit) {
            this.permit = permit;
        }

        /** Runs {@code opening}; if it throws, releases the permission. */
        <T> T orGiveBack(Supplier<T> opening) {
            boolean opened = false;
            try {
                T stream = opening.get();
                opened = true;
                return stream;
            } finally {
                if (!opened) {
                    permit.close();
                }
            }
        }

        void take(Stream stream) {
            if (!add(stream)) {
                stream.stop();
            }
        }

        void leave(Stream stream) {
            remove(stream);
            permit.close();
        }
    }
}

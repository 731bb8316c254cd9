package io.lignum.server.grpc;

import io.lignum.server.service.LogService;
import io.lignum.server.service.Permit;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The streams that are open, so that a stop can end each of them properly. Any thread. */
final class OpenStreams {

    /** What can be asked to come to its end. */
    interface Stream {
        /** Take nothing more, finish what was begun, then end with "shutting down". Idempotent. */
        void stop();
    }

    private final LogService service;

    // Guarded by this.
    private final Set<Stream> streams = new HashSet<>();
    private boolean stopping;

    OpenStreams(LogService service) {
        this.service = service;
    }

    /** A place for one stream, or the error of the service that says why there is none. */
    Place open() {
        return new Place(service.openStream());
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

    /** The right of one stream to be open; given back once, when the stream is over. */
    final class Place {

        private final Permit permit;

        private Place(Permit permit) {
            this.permit = permit;
        }

        /** What is to take the place; if it throws, the place is free again. */
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

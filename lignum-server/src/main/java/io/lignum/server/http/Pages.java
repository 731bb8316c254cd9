package io.lignum.server.http;

import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.Session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Reads a page, immediately or when there are messages to read. The routes for reads call it; files
 * are read on a thread of Jetty's pool.
 */
final class Pages {

    private Pages() {}

    /** Reads a page after the demand is fulfilled. */
    static CompletableFuture<Void> read(
            Session session,
            HttpExecutors work,
            Wanted wanted,
            BiFunction<Page, Throwable, CompletableFuture<Void>> send) {
        CompletableFuture<Void> fresh =
                session.awaitDemand(wanted.query.topic(), wanted.query.from(), wanted.demand);
        if (wanted.demand.isNone() && fresh.isDone()) {
            return read(session, work, wanted, wanted.timeout, send);
        }
        return work.read(
                work.track(wanted.client.untilFresh(fresh)),
                (done, error) -> error != null
                        ? send.apply(null, error)
                        : read(session, work, wanted, wanted.timeout, send));
    }

    /**
     * What to read, under which condition, and how long to wait for messages.
     *
     * @param memory of the request; the page is accounted for there
     * @param client ends the wait when the client disconnects
     */
    record Wanted(
            ReadQuery query,
            ReadDemand demand,
            Duration timeout,
            MemoryLease memory,
            ClientWatch client) {}

    /** Reads on a thread that may block, and calls {@code send} on such a thread. */
    private static CompletableFuture<Void> read(
            Session session,
            HttpExecutors work,
            Wanted wanted,
            Duration wait,
            BiFunction<Page, Throwable, CompletableFuture<Void>> send) {
        Page page;
        CompletableFuture<Long> readable;
        try {
            page = session.read(wanted.query, wanted.memory);
            if (!page.records().isEmpty() || wait.isZero()) {
                return send.apply(page, null);
            }
            readable = session.awaitReadable(wanted.query.topic(), wanted.query.from(), wait);
        } catch (RuntimeException e) {
            return send.apply(null, e);
        }
        CompletableFuture<Long> watched =
                wanted.client.untilReadable(readable, wanted.query.from());
        return work.read(work.track(watched), (end, error) -> {
            if (error != null) {
                return send.apply(null, error);
            }
            return read(session, work, wanted, Duration.ZERO, send);
        });
    }
}

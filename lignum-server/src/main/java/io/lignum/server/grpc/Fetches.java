package io.lignum.server.grpc;

import io.grpc.stub.StreamObserver;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.FindOffsetResponse;
import io.lignum.server.config.Limits;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Serves unary reads, immediately or after a wait that blocks no thread. {@link LogGrpcService}
 * calls it on the pool of calls; files are read on a file thread. An error ends the call with its
 * code.
 */
final class Fetches {

    private final LogService service;
    private final UnaryCalls calls;

    Fetches(LogService service, UnaryCalls calls) {
        this.service = service;
        this.calls = calls;
    }

    void fetch(FetchRequest request, StreamObserver<Fetched> out) {
        ConnectionInfo.Lease lease = UnaryCalls.lease(out, service);
        Session session = CallSession.current();
        CompletableFuture<Void> ready;
        try {
            ready = session.awaitDemand(
                    request.getTopic(), offset(request.getOffset()), WireReads.demand(request));
        } catch (ServiceException invalid) {
            calls.fail(out, invalid);
            return;
        }
        if (ready.isDone() && request.getMaxWaitMs() == 0 && !ready.isCompletedExceptionally()) {
            read(session, request, lease, out);
            return;
        }
        CallWaits pending = CallWaits.of(out, lease);
        calls.once(
                ready,
                pending,
                out,
                () -> readWhenAvailable(session, request, lease, pending, out));
    }

    private void readWhenAvailable(
            Session session,
            FetchRequest request,
            ConnectionInfo.Lease lease,
            CallWaits pending,
            StreamObserver<Fetched> out) {
        if (request.getMaxWaitMs() == 0) {
            read(session, request, lease, out);
            return;
        }
        CompletableFuture<Long> wait;
        try {
            wait = session.awaitReadable(
                    request.getTopic(), offset(request.getOffset()), maxWait(request));
        } catch (ServiceException refused) {
            calls.fail(out, refused);
            return;
        }
        pending.on(wait);
        calls.whenEnded(wait, out, () -> read(session, request, lease, out));
    }

    private void read(
            Session session,
            FetchRequest request,
            ConnectionInfo.Lease lease,
            StreamObserver<Fetched> out) {
        LogReader reader = new LogReader(service, session);
        calls.largeOnFiles(out, lease, () -> {
            LogReader.Range range = range(request);
            return reader.read(range, request.getFormat(), lease.memory());
        });
    }

    private LogReader.Range range(FetchRequest request) {
        Limits limits = service.limits();
        return new LogReader.Range(
                request.getTopic(),
                offset(request.getOffset()),
                request.hasTo() ? offset(request.getTo()) : Long.MAX_VALUE,
                atMost(request.getMaxMessages(), limits.readMaxRecords()),
                atMost(request.getMaxBytes(), limits.readMaxBytes()));
    }

    void findOffset(FindOffsetRequest request, StreamObserver<FindOffsetResponse> out) {
        Session session = CallSession.current();
        calls.onFiles(out, () -> {
            OptionalLong offset = session.offsetAt(request.getTopic(), request.getTimestamp());
            FindOffsetResponse.Builder response = FindOffsetResponse.newBuilder();
            offset.ifPresent(response::setOffset);
            return response.build();
        });
    }

    private Duration maxWait(FetchRequest request) {
        Duration asked = Duration.ofMillis(Integer.toUnsignedLong(request.getMaxWaitMs()));
        Duration most = service.limits().maxWait();
        return asked.compareTo(most) < 0 ? asked : most;
    }

    /** An offset above 2^63-1 is beyond the end of any log. */
    static long offset(long unsigned) {
        return unsigned < 0 ? Long.MAX_VALUE : unsigned;
    }

    /** Zero and values above the limit mean the limit. */
    static int atMost(int unsigned, int limit) {
        return unsigned <= 0 || unsigned > limit ? limit : unsigned;
    }
}

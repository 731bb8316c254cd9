package io.lignum.server.service;

import io.lignum.server.config.Limits;

import java.time.Duration;

/**
 * Admits requests, streams and the memory that they use, up to the limits of the node, and refuses
 * more with OVERLOADED. The listeners call it before they do anything for a client. Any thread;
 * does not block.
 */
public final class Admission {

    private final ServiceListener listener;
    private final CallErrors errors;
    private final Permits requests;
    private final Permits streams;
    private final Permits memory;

    Admission(Limits limits, ServiceListener listener, CallErrors errors) {
        this.listener = listener;
        this.errors = errors;
        requests = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-requests-in-flight",
                limits.maxRequestsInFlight(),
                "requests at once");
        streams = new Permits(
                ErrorCode.OVERLOADED, "limits.max-streams", limits.maxStreams(), "open streams");
        memory = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-bytes-in-flight",
                limits.maxBytesInFlight(),
                "bytes of requests and answers on their way");
    }

    /** Admits one request; OVERLOADED above limits.max-requests-in-flight. */
    public Permit request() {
        return errors.call(() -> new Permit(requests));
    }

    /** Admits one stream; OVERLOADED above limits.max-streams. */
    public Permit stream() {
        return errors.call(() -> new Permit(streams));
    }

    /** A lease for the memory of one request and its answer. The caller closes it. */
    public MemoryLease memory() {
        return new MemoryLease(memory, listener);
    }

    public long requestsInFlight() {
        return requests.taken();
    }

    public long openStreams() {
        return streams.taken();
    }

    /** The bytes of all open leases. */
    public long memoryInUse() {
        return memory.taken();
    }

    /** Waits until each admitted request is answered. Used once, at the stop; blocks. */
    public void awaitQuiet(Duration atMost) throws InterruptedException {
        requests.awaitNone(atMost);
    }
}

package io.lignum.server.faults;

import io.lignum.server.LignumNode;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.service.LogService;

import java.nio.file.Path;

/** A node of the loader that this class is of. */
public final class InjectedNode implements NodeProbe {

    private final LignumNode node;

    /** Starts it. */
    public InjectedNode(Path directory) {
        node = LignumNode.start(new ConfigLoader()
                .embedded(directory)
                .set("limits.drain-timeout-in-ms", "200")
                .load());
    }

    @Override
    public int httpPort() {
        return node.httpPort();
    }

    @Override
    public int grpcPort() {
        return node.grpcPort();
    }

    @Override
    public String held() {
        LogService service = node.service();
        long[] held = {
            service.admission().requestsInFlight(),
            service.appendsInFlight(),
            service.bytesInFlight(),
            service.waitingReads(),
            service.admission().openStreams(),
            service.admission().memoryInUse()
        };
        for (long one : held) {
            if (one != 0) {
                return "requests %d, appends %d, bytes %d, waits %d, streams %d, memory %d"
                        .formatted(held[0], held[1], held[2], held[3], held[4], held[5]);
            }
        }
        return "";
    }

    @Override
    public boolean hasFailed() {
        return node.failure().isDone();
    }

    @Override
    public void close() {
        node.close();
    }
}

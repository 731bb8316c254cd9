package io.lignum.bench.server;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.util.List;

/**
 * A running server without clients.
 *
 * @param processes several for a cluster
 */
record Server(List<ServerProcess> processes, Connector connector) implements AutoCloseable {

    /** Creates the clients of one server. */
    @FunctionalInterface
    interface Connector {
        Broker connect() throws Exception;
    }

    Server {
        processes = List.copyOf(processes);
    }

    static Server of(ServerProcess only, Connector connector) {
        return new Server(List.of(only), connector);
    }

    /** Starts the server that the settings name, on an empty directory. */
    static Server start(WorkSettings settings) throws IOException, InterruptedException {
        return switch (settings.text("broker")) {
            case "kafka" -> KafkaServer.start(settings);
            case "kafka-cluster" -> KafkaServer.startCluster(settings);
            case "lignum" -> LignumServer.start(settings);
            case "lignum-tls" -> SecureServer.start(settings, false);
            case "lignum-login" -> SecureServer.start(settings, true);
            case "lignum-cluster" -> LignumServer.startCluster(settings);
            case "nats" -> NatsServer.start(settings);
            case "nats-cluster" -> NatsServer.startCluster(settings);
            case "redis" -> RedisServer.start(settings);
            default -> throw new IllegalArgumentException("no broker " + settings.text("broker"));
        };
    }

    Broker connect() throws Exception {
        return connector.connect();
    }

    /** The only process of a single server. */
    ServerProcess process() {
        return processes.get(0);
    }

    /** CPU time of all processes so far. */
    double cpuSeconds() {
        return processes.stream().mapToDouble(ServerProcess::cpuSeconds).sum();
    }

    @Override
    public void close() throws IOException {
        if (processes.size() == 1) {
            process().close();
        } else {
            ServerProcess.end(processes);
        }
    }
}

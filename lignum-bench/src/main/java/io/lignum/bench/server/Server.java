package io.lignum.bench.server;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import java.io.IOException;
import java.util.List;

/**
 * A server that runs and answers, as yet without clients.
 *
 * @param processes several, if it is a cluster
 */
record Server(List<ServerProcess> processes, Connector connector) implements AutoCloseable {

    /** Makes the clients of one server. */
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

    /** Starts the one that the settings name, on an empty directory of its own. */
    static Server start(Settings settings) throws IOException, InterruptedException {
        return switch (settings.text("broker")) {
            case "kafka" -> KafkaServer.start(settings);
            case "kafka-cluster" -> KafkaServer.startCluster(settings);
            case "lignum" -> LignumServer.start(settings);
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

    /** The only one, if it is no cluster. */
    ServerProcess process() {
        return processes.get(0);
    }

    /** CPU time that all processes used so far. */
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

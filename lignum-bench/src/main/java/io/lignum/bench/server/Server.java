package io.lignum.bench.server;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import java.io.IOException;

/** A server that runs and answers, as yet without clients. */
record Server(ServerProcess process, Connector connector) implements AutoCloseable {

    /** Makes the clients of one server. */
    @FunctionalInterface
    interface Connector {
        Broker connect() throws Exception;
    }

    /** Starts the one that the settings name, on an empty directory of its own. */
    static Server start(Settings settings) throws IOException, InterruptedException {
        return switch (settings.text("broker")) {
            case "kafka" -> KafkaServer.start(settings);
            case "lignum" -> LignumServer.start(settings);
            case "nats" -> NatsServer.start(settings);
            case "redis" -> RedisServer.start(settings);
            default -> throw new IllegalArgumentException("no broker " + settings.text("broker"));
        };
    }

    Broker connect() throws Exception {
        return connector.connect();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}

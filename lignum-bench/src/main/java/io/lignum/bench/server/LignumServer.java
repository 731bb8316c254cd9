package io.lignum.bench.server;

import io.lignum.bench.work.Node;
import io.lignum.bench.work.Settings;

import java.io.IOException;

/** A node with the heap that Kafka's start script gives its broker, otherwise as it comes. */
final class LignumServer {

    private LignumServer() {}

    static Server start(Settings settings) throws IOException {
        Node node =
                Node.start(settings, settings.directory().resolve("lignum"), "-Xms1g", "-Xmx1g");
        return new Server(node.process(), () -> new LignumClients("127.0.0.1:" + node.grpcPort()));
    }
}

package io.lignum.server.readme;

import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;

import java.io.PrintStream;
import java.nio.file.Path;

/** The README's second example: the lines between the markers. */
final class EmbeddedNode {

    private EmbeddedNode() {}

    static void run(Path directory, PrintStream out) {
        // README begin
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory))) {
            out.println("http://127.0.0.1:" + node.httpPort() + "/api/message");
        }
        // README end
    }
}

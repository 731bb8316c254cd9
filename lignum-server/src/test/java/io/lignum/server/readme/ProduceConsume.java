package io.lignum.server.readme;

import io.lignum.client.Codecs;
import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.server.TestNode;

import java.io.PrintStream;
import java.nio.file.Path;

/** The README's example of the client: the lines between the markers. */
final class ProduceConsume {

    private ProduceConsume() {}

    static void run(Path directory, PrintStream out) {
        try (TestNode node = TestNode.start(directory)) {
            show("127.0.0.1:" + node.node().grpcPort(), out);
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The example may ignore it.
    private static void show(String address, PrintStream out) throws InterruptedException {
        // README begin
        try (LignumClient client = LignumClient.connect(address);
                Producer<byte[], String> orders =
                        client.producer("orders").values(Codecs.utf8()).open()) {
            orders.send("one coffee"); // a future of the offset; on the disk when it completes
            orders.send("one tea").join();
            try (Consumer<byte[], String> consumer =
                    client.consumer("orders").values(Codecs.utf8()).open()) {
                out.println(consumer.next().value());
                out.println(consumer.next().value());
            }
        }
        // README end
    }
}

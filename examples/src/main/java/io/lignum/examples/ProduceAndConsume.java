package io.lignum.examples;

import io.lignum.client.Codecs;
import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Received;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Sends the orders of several customers and reads them back. Arguments: {@code host:port} of the
 * gRPC port of a node, or of several nodes of a cluster. Without arguments it starts a node in this
 * JVM.
 */
public final class ProduceAndConsume {

    private static final int ORDERS = 10_000;

    private ProduceAndConsume() {}

    /** Runs the example. */
    public static void main(String[] arguments)
            throws IOException, InterruptedException, ExecutionException {
        if (arguments.length > 0) {
            run(arguments);
            return;
        }
        Path directory = Files.createTempDirectory("lignum-example");
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory))) {
            run("127.0.0.1:" + node.grpcPort());
        }
    }

    private static void run(String... addresses) throws InterruptedException, ExecutionException {
        try (LignumClient client = LignumClient.connect(addresses)) {
            List<CompletableFuture<Long>> offsets = new ArrayList<>();
            try (Producer<String, Long> producer = client.producer("orders")
                    .keys(Codecs.utf8())
                    .values(Codecs.int64())
                    .open()) {
                for (long order = 0; order < ORDERS; order++) {
                    offsets.add(producer.send("customer-" + order % 7, order));
                }
            } // close waits until all are acknowledged
            long first = offsets.get(0).get();
            long last = offsets.get(ORDERS - 1).get();
            System.out.println("sent " + ORDERS + " orders, offsets " + first + " to " + last);

            long sum = 0;
            try (Consumer<String, Long> consumer = client.consumer("orders")
                    .keys(Codecs.utf8())
                    .values(Codecs.int64())
                    .fromOffset(first)
                    .toOffset(last + 1)
                    .open()) {
                for (Received<String, Long> order : consumer) {
                    Long value = order.value();
                    sum += value == null ? 0 : value;
                }
            }
            System.out.println("read them back, the sum is " + sum);
        }
    }
}

package io.lignum.server;

import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;
import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.server.config.ConfigLoader;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Two nodes of a cluster in this process, with real sockets between them and a {@link
 * TrainingCoordinator}. {@link ClassArchive} uses it to load the classes of elections, replication
 * and both kinds of topics. A failure ends the run with an exception.
 */
final class TrainingCluster {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private TrainingCluster() {}

    /** Sends some records to a topic of each kind, and reads them. */
    static void run(Path directory, int records)
            throws ExecutionException, InterruptedException, TimeoutException {
        TrainingCoordinator coordinator = new TrainingCoordinator();
        List<LignumNode> nodes = new ArrayList<>();
        try {
            for (String id : List.of("a", "b")) {
                nodes.add(LignumNode.start(
                        new ConfigLoader()
                                .embedded(directory.resolve(id))
                                .set("node.id", id)
                                .set("consul.host", "in-memory")
                                .load(),
                        new Factory(coordinator)));
            }
            awaitInSync(nodes);
            List<String> addresses =
                    nodes.stream().map(node -> "127.0.0.1:" + node.grpcPort()).toList();
            try (LignumClient client =
                    LignumClient.builder().addresses(addresses).build()) {
                for (boolean live : new boolean[] {false, true}) {
                    use(client, live ? "live" : "wal", live, records);
                }
            }
        } finally {
            nodes.forEach(LignumNode::close);
            coordinator.end();
        }
    }

    /** Until then the leader would commit records alone, and the follower's code might not run. */
    private static void awaitInSync(List<LignumNode> nodes)
            throws InterruptedException, TimeoutException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!nodes.stream()
                .allMatch(node ->
                        node.service().ownSession().overview().status().inSync().size()
                                == nodes.size())) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("the nodes are not in sync after " + LIMIT);
            }
            Thread.sleep(10);
        }
    }

    private static void use(LignumClient client, String topic, boolean live, int records)
            throws ExecutionException, InterruptedException, TimeoutException {
        client.topics()
                .create(TopicSpec.of(topic).withLive(live))
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        try (Producer<byte[], byte[]> producer = client.producer(topic).open()) {
            for (int i = 0; i < records; i++) {
                producer.send(new byte[] {1}).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
        try (Consumer<byte[], byte[]> consumer =
                client.consumer(topic).fromBeginning().open()) {
            for (int i = 0; i < records; i++) {
                if (consumer.poll(LIMIT).isEmpty()) {
                    throw new IllegalStateException("record " + i + " did not arrive");
                }
            }
        }
    }

    private record Factory(TrainingCoordinator coordinator) implements ClusterFactory {
        @Override
        public Outside open(Spec spec, java.util.function.Consumer<Throwable> onFailure) {
            GrpcNetwork network = SystemCluster.listen(spec, onFailure);
            return new Outside(network.nodeLoop(onFailure), coordinator, network);
        }
    }
}

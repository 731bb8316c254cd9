package io.lignum.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Codecs;
import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;
import io.lignum.testkit.LignumCluster;
import io.lignum.testkit.LignumTestCluster;

import org.junit.jupiter.api.Test;

/** A test of one's own, with a cluster of its own; shown in docs/testkit.md. */
// docs begin
@LignumCluster(nodes = 3)
class OrdersTest {

    @Test
    void leaderDies_noOrderIsLost(LignumTestCluster cluster, LignumClient client) throws Exception {
        client.topics().create(TopicSpec.of("orders").withLive(true)).join();
        try (Producer<byte[], String> orders =
                client.producer("orders").values(Codecs.utf8()).open()) {
            orders.send("one coffee").join();
            cluster.leader().kill();
            orders.send("one tea").join(); // waits for the next leader
        }
        try (Consumer<byte[], String> consumer =
                client.consumer("orders").values(Codecs.utf8()).open()) {
            assertThat(consumer.next().value()).isEqualTo("one coffee");
            assertThat(consumer.next().value()).isEqualTo("one tea");
        }
    }
}

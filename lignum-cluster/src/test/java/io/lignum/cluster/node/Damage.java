package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Files of a simulated node's topics to damage, and what the node then does with them. */
final class Damage {

    static final String SEALED = "00000000000000000000.log";

    private Damage() {}

    static Path file(UUID topic, String name) {
        return SimulatedNode.DIRECTORY.resolve(topic.toString()).resolve(name);
    }

    static List<String> quarantined(SimulatedNode node, UUID topic) throws IOException {
        return node.disk().list(SimulatedNode.DIRECTORY.resolve("divergent/" + topic)).stream()
                .filter(name -> name.startsWith("quarantined-"))
                .toList();
    }

    static StorageException.CorruptLog foundBy(SimulatedNode node, String topic) {
        return catchThrowableOfType(
                StorageException.CorruptLog.class, () -> SimulatedCluster.read(node, topic));
    }
}

package io.lignum.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A node's view of the cluster, from {@code GET /api/cluster}.
 *
 * @param isLeaders whether the node leads, and so knows the state of the others
 * @param alive the nodes registered with the coordinator
 * @param inSync the in-sync replicas among them
 */
public record View(
        boolean isLeaders,
        long epoch,
        Optional<String> leader,
        Set<String> alive,
        Set<String> inSync) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public View {
        alive = Set.copyOf(alive);
        inSync = Set.copyOf(inSync);
    }

    static View parse(String answer) throws IOException {
        JsonNode root = JSON.readTree(answer);
        Set<String> alive = new TreeSet<>();
        Set<String> inSync = new TreeSet<>();
        for (JsonNode node : root.path("nodes")) {
            String id = node.path("node_id").asText();
            if (node.path("alive").asBoolean()) {
                alive.add(id);
                if (node.path("in_sync").asBoolean()) {
                    inSync.add(id);
                }
            }
        }
        return new View(
                root.path("role").asText().equals("leader"),
                root.path("epoch").asLong(),
                Optional.ofNullable(root.path("leader").textValue()),
                alive,
                inSync);
    }
}

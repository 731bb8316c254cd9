package io.lignum.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How one node sees the cluster: what {@code GET /api/cluster} says.
 *
 * @param isLeaders whether the node leads, and so knows how the others are
 * @param alive who the coordinator has word of
 * @param inSync who of these is in sync
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

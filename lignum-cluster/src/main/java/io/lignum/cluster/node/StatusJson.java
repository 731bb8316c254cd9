package io.lignum.cluster.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Encodes and decodes a status, which the leader sends to other nodes. */
final class StatusJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StatusJson() {}

    static String encode(ClusterStatus status) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("cluster", status.cluster());
        json.put("cluster_id", status.clusterId());
        json.put("node", status.nodeId());
        json.put("role", status.role().name());
        json.put("epoch", status.epoch());
        status.leader().ifPresent(leader -> json.put("leader", leader));
        status.inSync().forEach(json.withArray("in_sync")::add);
        json.put("min_in_sync", status.minInSync());
        json.put("coordinator_reachable", status.coordinatorReachable());
        for (ClusterStatus.Node node : status.nodes()) {
            json.withArray("nodes").add(encode(node));
        }
        status.alarms().forEach(json.withArray("alarms")::add);
        return json.toString();
    }

    private static ObjectNode encode(ClusterStatus.Node node) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("id", node.nodeId());
        json.put("incarnation", node.incarnation());
        json.put("host", node.address().host());
        json.put("internal_port", node.address().internalPort());
        json.put("http_port", node.address().httpPort());
        json.put("grpc_port", node.address().grpcPort());
        json.put("alive", node.alive());
        json.put("in_sync", node.inSync());
        json.put("registered", node.registered());
        json.put("lag_records", node.lagRecords());
        json.put("silent_ms", node.silentMillis());
        json.put("lagging", node.lagging());
        json.put("decommissioned", node.decommissioned());
        return json;
    }

    /**
     * Decodes a status.
     *
     * @throws IllegalArgumentException the text is not a status
     */
    static ClusterStatus decode(String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a status: " + e.getOriginalMessage(), e);
        }
        List<ClusterStatus.Node> nodes = new ArrayList<>();
        json.path("nodes").forEach(node -> nodes.add(decodeNode(node)));
        JsonNode leader = json.path("leader");
        return new ClusterStatus(
                json.path("cluster").asText(),
                json.path("cluster_id").asText(),
                json.path("node").asText(),
                ClusterStatus.Role.valueOf(json.path("role").asText()),
                json.path("epoch").asInt(),
                leader.isTextual() ? Optional.of(leader.textValue()) : Optional.empty(),
                texts(json.path("in_sync")),
                json.path("min_in_sync").asInt(),
                json.path("coordinator_reachable").asBoolean(),
                nodes,
                texts(json.path("alarms")));
    }

    private static ClusterStatus.Node decodeNode(JsonNode json) {
        return new ClusterStatus.Node(
                json.path("id").asText(),
                json.path("incarnation").asText(),
                new NodeAddress(
                        json.path("host").asText(),
                        json.path("internal_port").asInt(),
                        json.path("http_port").asInt(),
                        json.path("grpc_port").asInt()),
                json.path("alive").asBoolean(),
                json.path("in_sync").asBoolean(),
                json.path("registered").asBoolean(),
                json.path("lag_records").asLong(),
                json.path("silent_ms").asLong(),
                json.path("lagging").asBoolean(),
                json.path("decommissioned").asBoolean());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(each -> texts.add(each.asText()));
        return texts;
    }
}

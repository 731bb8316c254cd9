package io.lignum.cluster.node;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Encodes a status for the way from the leader to another node. The records are the JSON format:
 * what is empty is left out, and unknown fields of a later release are ignored. Any thread.
 */
final class StatusJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private StatusJson() {}

    private record Status(
            String cluster,
            String clusterId,
            String node,
            ClusterStatus.Role role,
            int epoch,
            @Nullable String leader,
            List<String> inSync,
            int minInSync,
            boolean coordinatorReachable,
            List<StatusNode> nodes,
            List<String> alarms) {

        static Status of(ClusterStatus status) {
            return new Status(
                    status.cluster(),
                    status.clusterId(),
                    status.nodeId(),
                    status.role(),
                    status.epoch(),
                    status.leader().orElse(null),
                    status.inSync(),
                    status.minInSync(),
                    status.coordinatorReachable(),
                    status.nodes().stream().map(StatusNode::of).toList(),
                    status.alarms());
        }

        ClusterStatus toStatus() {
            return new ClusterStatus(
                    cluster,
                    clusterId,
                    node,
                    role,
                    epoch,
                    Optional.ofNullable(leader),
                    inSync,
                    minInSync,
                    coordinatorReachable,
                    nodes.stream().map(StatusNode::toNode).toList(),
                    alarms);
        }
    }

    private record StatusNode(
            String id,
            String incarnation,
            NodeAddress address,
            boolean alive,
            boolean inSync,
            boolean registered,
            @Nullable Long lagRecords,
            @Nullable Long silentMs,
            boolean lagging,
            boolean decommissioned) {

        static StatusNode of(ClusterStatus.Node node) {
            return new StatusNode(
                    node.nodeId(),
                    node.incarnation(),
                    node.address(),
                    node.alive(),
                    node.inSync(),
                    node.registered(),
                    nullable(node.lagRecords()),
                    nullable(node.silentMillis()),
                    node.lagging(),
                    node.decommissioned());
        }

        ClusterStatus.Node toNode() {
            return new ClusterStatus.Node(
                    id,
                    incarnation,
                    address,
                    alive,
                    inSync,
                    registered,
                    optional(lagRecords),
                    optional(silentMs),
                    lagging,
                    decommissioned);
        }

        private static @Nullable Long nullable(OptionalLong value) {
            return value.isPresent() ? value.getAsLong() : null;
        }

        private static OptionalLong optional(@Nullable Long value) {
            return value == null ? OptionalLong.empty() : OptionalLong.of(value);
        }
    }

    static String encode(ClusterStatus status) {
        try {
            return MAPPER.writeValueAsString(Status.of(status));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status that cannot be written as JSON", e);
        }
    }

    /**
     * The status again.
     *
     * @throws IllegalArgumentException the text is not a status
     */
    static ClusterStatus decode(String text) {
        try {
            return MAPPER.readValue(text, Status.class).toStatus();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a status: " + e.getOriginalMessage(), e);
        }
    }
}

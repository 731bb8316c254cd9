package io.lignum.cluster.internal.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** Encodes and decodes the coordinator's values, as JSON that operators can read. */
public final class StateJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StateJson() {}

    public static String encode(ClusterState state) {
        ObjectNode json = MAPPER.createObjectNode();
        json.put("v", state.version());
        json.put("nonce", state.nonce());
        json.put("cluster_id", state.clusterId().toString());
        json.put("epoch", state.epoch());
        state.leader()
                .ifPresent(leader -> put(json.putObject("leader"), leader.member())
                        .put("session", leader.session()));
        ArrayNode isr = json.putArray("isr");
        state.isr().forEach(member -> put(isr.addObject(), member));
        json.put("min_isr", state.minIsr());
        state.transferTo().ifPresent(to -> json.put("transfer_to", to));
        state.uncleanEpoch().ifPresent(epoch -> json.put("unclean_epoch", epoch));
        return json.toString();
    }

    /**
     * Decodes a state.
     *
     * @throws IllegalArgumentException the text is not a state
     */
    public static ClusterState decodeState(String text) {
        JsonNode json = parse(text);
        List<Member> isr = new ArrayList<>();
        json.path("isr").forEach(member -> isr.add(member(member)));
        JsonNode leader = json.path("leader");
        JsonNode transfer = json.path("transfer_to");
        JsonNode unclean = json.path("unclean_epoch");
        return new ClusterState(
                number(json, "v"),
                text(json, "nonce"),
                UUID.fromString(text(json, "cluster_id")),
                integer(json, "epoch"),
                leader.isObject()
                        ? Optional.of(
                                new ClusterState.Leader(member(leader), text(leader, "session")))
                        : Optional.empty(),
                isr,
                integer(json, "min_isr"),
                transfer.isTextual() ? Optional.of(transfer.textValue()) : Optional.empty(),
                unclean.isNumber() ? OptionalInt.of(unclean.intValue()) : OptionalInt.empty());
    }

    /** As {@link #decodeState}; empty if the text is not a state. */
    public static Optional<ClusterState> findState(String text) {
        try {
            return Optional.of(decodeState(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public static String encode(NodeRecord node) {
        ObjectNode json = put(MAPPER.createObjectNode(), node.member());
        json.put("host", node.address().host());
        json.put("internal_port", node.address().internalPort());
        json.put("http_port", node.address().httpPort());
        json.put("grpc_port", node.address().grpcPort());
        json.put("decommissioned", node.decommissioned());
        return json.toString();
    }

    /**
     * Decodes a node's registration.
     *
     * @throws IllegalArgumentException the text is not a registration
     */
    public static NodeRecord decodeNode(String text) {
        JsonNode json = parse(text);
        return new NodeRecord(
                member(json),
                new NodeAddress(
                        text(json, "host"),
                        integer(json, "internal_port"),
                        integer(json, "http_port"),
                        integer(json, "grpc_port")),
                json.path("decommissioned").asBoolean());
    }

    private static JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static ObjectNode put(ObjectNode json, Member member) {
        return json.put("id", member.nodeId())
                .put("incarnation", member.incarnation().toString());
    }

    private static Member member(JsonNode json) {
        return new Member(text(json, "id"), UUID.fromString(text(json, "incarnation")));
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(field + " is missing or not a text");
        }
        return value.textValue();
    }

    private static long number(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isIntegralNumber()) {
            throw new IllegalArgumentException(field + " is missing or not an integer");
        }
        return value.longValue();
    }

    private static int integer(JsonNode json, String field) {
        long value = number(json, field);
        if (value != (int) value) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", which is not a 32-bit number");
        }
        return (int) value;
    }
}

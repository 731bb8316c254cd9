package io.lignum.cluster.internal.state;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * Encodes and decodes the coordinator's values, as JSON that operators can read. The records are
 * the JSON format, in the order of their components. An empty optional field is left out; unknown
 * fields of a later release are ignored; a field that is missing or of another type is refused. Any
 * thread.
 */
public final class StateJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .defaultSetterInfo(JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private StateJson() {}

    private record StateFields(
            long v,
            String nonce,
            String clusterId,
            int epoch,
            @JsonSetter(nulls = Nulls.SET) @Nullable LeaderFields leader,
            List<MemberFields> isr,
            int minIsr,
            @JsonSetter(nulls = Nulls.SET) @Nullable String transferTo,
            @JsonSetter(nulls = Nulls.SET) @Nullable Integer uncleanEpoch) {

        static StateFields of(ClusterState state) {
            return new StateFields(
                    state.version(),
                    state.nonce(),
                    state.clusterId().toString(),
                    state.epoch(),
                    state.leader().map(LeaderFields::of).orElse(null),
                    state.isr().stream().map(MemberFields::of).toList(),
                    state.minIsr(),
                    state.transferTo().orElse(null),
                    state.uncleanEpoch().isPresent() ? state.uncleanEpoch().getAsInt() : null);
        }

        ClusterState toState() {
            return new ClusterState(
                    v,
                    nonce,
                    UUID.fromString(clusterId),
                    epoch,
                    Optional.ofNullable(leader).map(LeaderFields::toLeader),
                    isr.stream().map(MemberFields::toMember).toList(),
                    minIsr,
                    Optional.ofNullable(transferTo),
                    uncleanEpoch == null ? OptionalInt.empty() : OptionalInt.of(uncleanEpoch));
        }
    }

    private record LeaderFields(String id, String incarnation, String session) {

        static LeaderFields of(ClusterState.Leader leader) {
            return new LeaderFields(
                    leader.member().nodeId(),
                    leader.member().incarnation().toString(),
                    leader.session());
        }

        ClusterState.Leader toLeader() {
            return new ClusterState.Leader(new Member(id, UUID.fromString(incarnation)), session);
        }
    }

    private record MemberFields(String id, String incarnation) {

        static MemberFields of(Member member) {
            return new MemberFields(member.nodeId(), member.incarnation().toString());
        }

        Member toMember() {
            return new Member(id, UUID.fromString(incarnation));
        }
    }

    private record NodeFields(
            String id,
            String incarnation,
            String host,
            int internalPort,
            int httpPort,
            int grpcPort,
            @JsonSetter(nulls = Nulls.SET) @Nullable Boolean decommissioned) {

        static NodeFields of(NodeRecord node) {
            return new NodeFields(
                    node.member().nodeId(),
                    node.member().incarnation().toString(),
                    node.address().host(),
                    node.address().internalPort(),
                    node.address().httpPort(),
                    node.address().grpcPort(),
                    node.decommissioned());
        }

        NodeRecord toNode() {
            return new NodeRecord(
                    new Member(id, UUID.fromString(incarnation)),
                    new NodeAddress(host, internalPort, httpPort, grpcPort),
                    decommissioned != null && decommissioned);
        }
    }

    public static String encode(ClusterState state) {
        return write(StateFields.of(state));
    }

    /**
     * Decodes a state.
     *
     * @throws IllegalArgumentException the text is not a state
     */
    public static ClusterState decodeState(String text) {
        return read(text, StateFields.class, "cluster state").toState();
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
        return write(NodeFields.of(node));
    }

    /**
     * Decodes a node's registration.
     *
     * @throws IllegalArgumentException the text is not a registration
     */
    public static NodeRecord decodeNode(String text) {
        return read(text, NodeFields.class, "registration of a node").toNode();
    }

    private static String write(Record fields) {
        try {
            return MAPPER.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record that cannot be written as JSON", e);
        }
    }

    private static <T extends Record> T read(String text, Class<T> type, String what) {
        @Nullable T fields;
        try {
            fields = MAPPER.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a " + what + ": " + e.getOriginalMessage(), e);
        }
        if (fields == null) {
            throw new IllegalArgumentException("not a " + what + ": null");
        }
        return fields;
    }
}

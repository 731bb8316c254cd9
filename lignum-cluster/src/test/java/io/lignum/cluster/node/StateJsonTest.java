package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.sim.Samples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Optional;

/** What is kept with the coordinator, as text. */
final class StateJsonTest {

    private static final String GOLDEN = "{\"v\":10,\"nonce\":\"n\","
            + "\"cluster_id\":\"00000000-0000-0000-0000-00000000004d\",\"epoch\":5,"
            + "\"leader\":{\"id\":\"a\",\"incarnation\":\"00000000-0000-0061-0000-000000000001\","
            + "\"session\":\"session-a\"},"
            + "\"isr\":[{\"id\":\"a\",\"incarnation\":\"00000000-0000-0061-0000-000000000001\"}],"
            + "\"min_isr\":1}";

    @Test
    void state_isTheGoldenText() {
        assertThat(StateJson.encode(Samples.state(1, A))).isEqualTo(GOLDEN);
    }

    @Test
    void everyState_isReadAgain() {
        ClusterState led = Samples.state(2, A, B);
        ClusterState handedOver = led.handedOver(Optional.of("b"), "m");
        ClusterState recovered =
                ClusterState.recovered(4, Samples.CLUSTER, A, 9, "x").unclean();
        for (ClusterState state : new ClusterState[] {led, handedOver, recovered}) {
            assertThat(StateJson.decodeState(StateJson.encode(state))).isEqualTo(state);
        }
    }

    @Test
    void node_isReadAgain() {
        NodeRecord node = new NodeRecord(A, new NodeAddress("oak", 8126, 8080, 0), true);
        assertThat(StateJson.decodeNode(StateJson.encode(node))).isEqualTo(node);
    }

    @Test
    void unknownField_isPassedOver() {
        String more = GOLDEN.replace("\"v\":10", "\"later\":[1],\"v\":10");
        assertThat(StateJson.decodeState(more)).isEqualTo(Samples.state(1, A));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v", "nonce", "cluster_id", "epoch", "isr", "min_isr"})
    void missingField_isRefused(String field) {
        String without = GOLDEN.replace("\"" + field + "\"", "\"_" + field + "\"");
        assertThatThrownBy(() -> StateJson.decodeState(without))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "{}",
                "{",
                "7",
                "\"text\"",
                "{\"v\":\"10\"}",
                "{\"v\":1.5}"
            })
    void whatIsNoState_isRefused(String text) {
        assertThatThrownBy(() -> StateJson.decodeState(text))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StateJson.decodeNode(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"v\":10 -> \"v\":null",
                "\"v\":10 -> \"v\":\"10\"",
                "\"v\":10 -> \"v\":10.0",
                "\"nonce\":\"n\" -> \"nonce\":null",
                "\"nonce\":\"n\" -> \"nonce\":7",
                "\"nonce\":\"n\" -> \"nonce\":true",
                "\"epoch\":5 -> \"epoch\":true",
                "\"session\":\"session-a\" -> \"session\":null",
                "\"min_isr\":1 -> \"min_isr\":null",
                "\"isr\":[ -> \"isr\":[null,",
                "00000000-0000-0000-0000-00000000004d -> "
            })
    void valueOfAnotherType_isRefused(String change) {
        String[] parts = change.split(" -> ", 2);
        assertThat(GOLDEN).contains(parts[0]);
        assertThatThrownBy(() -> StateJson.decodeState(GOLDEN.replace(parts[0], parts[1])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void optionalField_mayBeNull() {
        String more = GOLDEN.replace(
                "\"min_isr\":1", "\"min_isr\":1,\"transfer_to\":null,\"unclean_epoch\":null");
        assertThat(StateJson.decodeState(more)).isEqualTo(Samples.state(1, A));
    }

    @Test
    void node_isTheGoldenText() {
        NodeRecord node = new NodeRecord(A, new NodeAddress("oak", 8126, 8080, 0), true);
        String golden = "{\"id\":\"a\",\"incarnation\":\"00000000-0000-0061-0000-000000000001\","
                + "\"host\":\"oak\",\"internal_port\":8126,\"http_port\":8080,\"grpc_port\":0,"
                + "\"decommissioned\":true}";
        assertThat(StateJson.encode(node)).isEqualTo(golden);
        assertThat(StateJson.decodeNode(golden.replace(",\"decommissioned\":true", "")))
                .isEqualTo(new NodeRecord(A, node.address(), false));
    }

    @Test
    void minimumAboveTheSet_isRefused() {
        assertThatThrownBy(() -> StateJson.decodeState(GOLDEN.replace("_isr\":1", "_isr\":2")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void epochBeyondAnInt_isRefused() {
        assertThatThrownBy(() -> StateJson.decodeState(
                        GOLDEN.replace("\"epoch\":5", "\"epoch\":4294967301")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

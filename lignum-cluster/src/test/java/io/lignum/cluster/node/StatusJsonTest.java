package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

final class StatusJsonTest {

    private static final NodeAddress ADDRESS = new NodeAddress("oak.lan", 8126, 8080, 9080);

    private static ClusterStatus.Node node(String id, OptionalLong known) {
        return new ClusterStatus.Node(
                id, "an incarnation", ADDRESS, true, false, true, known, known, false, true);
    }

    private static ClusterStatus status(Optional<String> leader) {
        return new ClusterStatus(
                "lignum",
                "an id",
                "oak-1",
                ClusterStatus.Role.LEADER,
                7,
                leader,
                List.of("oak-1"),
                2,
                true,
                List.of(node("oak-1", OptionalLong.of(0)), node("oak-2", OptionalLong.empty())),
                List.of("an alarm"));
    }

    @Test
    void status_comesBackAsItWas() {
        for (Optional<String> leader : List.of(Optional.of("oak-1"), Optional.<String>empty())) {
            ClusterStatus status = status(leader);
            assertThat(StatusJson.decode(StatusJson.encode(status))).isEqualTo(status);
        }
    }

    @Test
    void unknownField_isIgnored() {
        String later = StatusJson.encode(status(Optional.empty())).replaceFirst("\\{", "{\"x\":1,");
        assertThat(StatusJson.decode(later)).isEqualTo(status(Optional.empty()));
    }

    @Test
    void textThatIsNoStatus_isRefused() {
        assertThatThrownBy(() -> StatusJson.decode("[]"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

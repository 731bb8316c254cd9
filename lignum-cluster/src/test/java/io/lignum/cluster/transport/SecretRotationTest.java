package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Which nodes agree while an operator replaces the cluster's secret, node by node. */
final class SecretRotationTest {

    /** The steps: as before, learn the new secret, prove it, forget the old one. */
    private static final List<PeerSecrets> STEPS = List.of(
            secrets("old"),
            secrets("old", "old", "new"),
            secrets("new", "old", "new"),
            secrets("new"));

    private static PeerSecrets secrets(String own, String... others) {
        return new PeerSecrets(Optional.of(own), List.of(others));
    }

    private static SharedSecretAuth node(PeerSecrets secrets) {
        return new SharedSecretAuth(new PeerSecurity(() -> secrets, "test"));
    }

    /** Both sides prove and verify, as on a connection. */
    private static boolean agree(SharedSecretAuth client, SharedSecretAuth server) {
        var challenge = new SharedSecretAuth.Challenge(client.nonce(), server.nonce(), new byte[0]);
        return client.isProved(
                        SharedSecretAuth.Side.SERVER,
                        challenge,
                        server.prove(SharedSecretAuth.Side.SERVER, challenge))
                && server.isProved(
                        SharedSecretAuth.Side.CLIENT,
                        challenge,
                        client.prove(SharedSecretAuth.Side.CLIENT, challenge));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, true", "0, 1, true", "0, 2, false", "0, 3, false",
        "1, 0, true", "1, 1, true", "1, 2, true", "1, 3, false",
        "2, 0, false", "2, 1, true", "2, 2, true", "2, 3, true",
        "3, 0, false", "3, 1, false", "3, 2, true", "3, 3, true"
    })
    void nodesInTheSameOrTheNextStep_agree(int client, int server, boolean agree) {
        assertThat(agree(node(STEPS.get(client)), node(STEPS.get(server)))).isEqualTo(agree);
    }

    @Test
    void changedSecrets_holdFromTheNextHandshakeOn() {
        AtomicReference<PeerSecrets> mine = new AtomicReference<>(secrets("old"));
        SharedSecretAuth node = new SharedSecretAuth(new PeerSecurity(mine::get, "test"));
        SharedSecretAuth other = node(secrets("new"));
        assertThat(agree(node, other)).isFalse();
        mine.set(secrets("new"));
        assertThat(agree(node, other)).isTrue();
    }

    @Test
    void proofForOneConnection_isWrongOnAnother() {
        SharedSecretAuth node = node(secrets("old"));
        byte[] nonce = node.nonce();
        byte[] channel = {1, 2, 3};
        var here = new SharedSecretAuth.Challenge(nonce, nonce, channel);
        byte[] proof = node.prove(SharedSecretAuth.Side.CLIENT, here);
        assertThat(node.isProved(SharedSecretAuth.Side.CLIENT, here, proof)).isTrue();
        for (byte[] elsewhere : new byte[][] {{}, {1, 2, 4}, {1, 2}}) {
            var there = new SharedSecretAuth.Challenge(nonce, nonce, elsewhere);
            assertThat(node.isProved(SharedSecretAuth.Side.CLIENT, there, proof))
                    .isFalse();
        }
    }

    @Test
    void secretsThatMakeNoSense_areRefusedAndNeverShown() {
        assertThatThrownBy(() -> secrets(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> secrets("a", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> secrets("a", "1", "2", "3", "4", "5"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PeerSecrets(Optional.empty(), List.of("a")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(secrets("geheim", "secreto").toString()).doesNotContain("geheim", "secreto");
    }
}

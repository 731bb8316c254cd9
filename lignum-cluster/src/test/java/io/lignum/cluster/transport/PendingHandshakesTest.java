package io.lignum.cluster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Strangers that connect as fast as they can keep no peer out, and fill no log. */
final class PendingHandshakesTest {

    private final Set<String> proved = new HashSet<>();
    private final PendingHandshakes<String> pending =
            new PendingHandshakes<>(6, 4, proved::contains);

    private static InetAddress address(int last) {
        try {
            return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void addressWithTooMany_losesItsOldest() {
        for (int i = 1; i <= 4; i++) {
            assertThat(pending.add("a" + i, address(1))).isEmpty();
        }
        assertThat(pending.add("a5", address(1))).contains("a1");
        assertThat(pending.add("a6", address(1))).contains("a2");
        assertThat(pending.size()).isEqualTo(4);
    }

    @Test
    void peerAmongManyAddresses_staysUntilEachHasAsFew() {
        assertThat(pending.add("peer", address(9))).isEmpty();
        for (int i = 1; i <= 40; i++) {
            assertThat(pending.add("a" + i, address(1 + i % 2))).isNotEqualTo(Optional.of("peer"));
        }
        assertThat(pending.size()).isEqualTo(6);
        proved.add("peer");
        pending.add("b", address(3));
        assertThat(pending.size()).isEqualTo(6);
    }

    @Test
    void provedAndClosedOnes_takeNoPlace() {
        for (int i = 1; i <= 4; i++) {
            pending.add("a" + i, address(1));
        }
        proved.add("a1");
        pending.remove("a2");
        assertThat(pending.add("a5", address(1))).isEmpty();
        assertThat(pending.add("a6", address(1))).isEmpty();
        assertThat(pending.add("a7", address(1))).contains("a3");
    }
}

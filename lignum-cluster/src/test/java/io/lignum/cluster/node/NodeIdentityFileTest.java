package io.lignum.cluster.node;

import static io.lignum.cluster.node.StateFiles.DIRECTORY;
import static io.lignum.cluster.node.StateFiles.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.peer.Member;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** R1 and R2: what a node must not forget, as it stands on the disk. */
final class NodeIdentityFileTest {

    private static final Path PATH = DIRECTORY.resolve(NodeIdentityFile.NAME);

    private static final NodeIdentity IDENTITY = new NodeIdentity(
            new Member("oak-1", UUID.fromString("c3f7a7a0-1111-4222-8333-444455556666")),
            Optional.of(UUID.fromString("91aa0000-1111-4222-8333-444455556666")),
            7,
            7,
            31);

    private static final String GOLDEN = """
            lignum-node=1
            node-id=oak-1
            incarnation=c3f7a7a0-1111-4222-8333-444455556666
            cluster-id=91aa0000-1111-4222-8333-444455556666
            epoch=7
            seen-epoch=7
            seen-version=31
            """;

    private final SimulatedDisk disk;
    private final NodeIdentityFile file;

    NodeIdentityFileTest() throws IOException {
        disk = StateFiles.disk(1);
        file = new NodeIdentityFile(disk, DIRECTORY);
    }

    @Test
    void written_isTheGoldenText_andReadAgain() throws IOException {
        file.write(IDENTITY);
        assertThat(disk.bytes(PATH)).isEqualTo(sealed(GOLDEN));
        assertThat(file.read()).contains(IDENTITY);
    }

    @Test
    void nodeThatMetNoCluster_isReadAgain() throws IOException {
        NodeIdentity fresh = NodeIdentity.fresh(IDENTITY.self());
        file.write(fresh);
        assertThat(file.read()).contains(fresh);
    }

    @Test
    void noFile_isNoIdentity() throws IOException {
        assertThat(file.read()).isEmpty();
    }

    @Test
    void everyFlippedBit_isDetected() throws IOException {
        byte[] bytes = sealed(GOLDEN);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            disk.put(PATH, damaged);
            assertReadSameOrRefused(bit);
        }
    }

    /**
     * What follows the checksum says nothing: only there may a flip go unseen, and then nothing is
     * changed.
     */
    private void assertReadSameOrRefused(int bit) throws IOException {
        try {
            assertThat(file.read()).as("bit %d", bit).contains(IDENTITY);
            assertThat(bit / 8).as("bit %d", bit).isEqualTo(sealed(GOLDEN).length - 1);
        } catch (ClusterStartException e) {
            assertThat(e).hasMessageContaining("is damaged");
        }
    }

    @Test
    void everyTruncation_isDetected() throws IOException {
        byte[] bytes = sealed(GOLDEN);
        for (int length = 0; length < bytes.length - 1; length++) {
            disk.put(PATH, java.util.Arrays.copyOf(bytes, length));
            assertThatThrownBy(file::read)
                    .as("%d bytes", length)
                    .isInstanceOf(ClusterStartException.class);
        }
    }

    @Test
    void versionFromTheFuture_isNotCalledDamage() throws IOException {
        disk.put(PATH, sealed(GOLDEN.replace("lignum-node=1", "lignum-node=2")));
        assertThatThrownBy(file::read)
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("later release")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void missingField_isDamage() throws IOException {
        disk.put(PATH, sealed(GOLDEN.replace("seen-epoch=7\n", "")));
        assertThatThrownBy(file::read)
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("seen-epoch is missing");
    }

    @Test
    void powerLostAtAnyMoment_leavesTheOldOrTheNew() throws IOException {
        StateFiles.assertReplacedWhole(
                IDENTITY,
                IDENTITY.atEpoch(8),
                (on, value) -> new NodeIdentityFile(on, DIRECTORY).write(value),
                on -> new NodeIdentityFile(on, DIRECTORY).read().orElseThrow());
    }
}

package io.lignum.cluster.node;

import static io.lignum.cluster.node.StateFiles.DIRECTORY;
import static io.lignum.cluster.node.StateFiles.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** R38: the members that a node knows, as they stand on its disk. */
final class MembersFileTest {

    private static final Path PATH = DIRECTORY.resolve(MembersFile.NAME);

    private static final Membership KNOWN = new Membership(
            7,
            31,
            2,
            List.of(
                    new Member("oak 1", UUID.fromString("c3f7a7a0-1111-4222-8333-444455556666")),
                    new Member("oak-2", UUID.fromString("91aa0000-1111-4222-8333-444455556666"))),
            List.of(
                    new Membership.Known(
                            "oak 1", new NodeAddress("fe80::1%eth0", 8126, 8080, 9080), false),
                    new Membership.Known(
                            "oak-9", new NodeAddress("oak-9.lan", 8127, 8081, 9081), true)));

    private static final String GOLDEN = """
            lignum-members=1
            epoch=7
            version=31
            min-isr=2
            in-sync=oak+1 c3f7a7a0-1111-4222-8333-444455556666
            in-sync=oak-2 91aa0000-1111-4222-8333-444455556666
            node=oak+1 fe80%3A%3A1%25eth0 8126 8080 9080 member
            node=oak-9 oak-9.lan 8127 8081 9081 decommissioned
            """;

    private final SimulatedDisk disk;
    private final MembersFile file;

    MembersFileTest() throws IOException {
        disk = StateFiles.disk(1);
        file = new MembersFile(disk, DIRECTORY);
    }

    @Test
    void written_isTheGoldenText_andReadAgain() throws IOException {
        file.write(KNOWN);
        assertThat(disk.bytes(PATH)).isEqualTo(sealed(GOLDEN));
        assertThat(file.read()).isEqualTo(KNOWN);
    }

    @Test
    void hostWithLineBreaks_staysOneValue() throws IOException {
        Membership hostile = KNOWN.merge(new Membership(
                0,
                0,
                1,
                List.of(),
                List.of(new Membership.Known(
                        "a\nnode=b c", new NodeAddress("h\r\n=", 1, 2, 3), false))));
        file.write(hostile);
        assertThat(file.read()).isEqualTo(hostile);
    }

    @Test
    void noFile_isNothingKnown() throws IOException {
        assertThat(file.read()).isEqualTo(Membership.NONE);
    }

    @Test
    void everyFlippedBit_isNothingKnown() throws IOException {
        byte[] bytes = sealed(GOLDEN);
        for (int bit = 0; bit < 8 * (bytes.length - 1); bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            disk.put(PATH, damaged);
            assertThat(file.read()).as("bit %d", bit).isEqualTo(Membership.NONE);
        }
    }

    @Test
    void everyTruncation_isNothingKnown() throws IOException {
        byte[] bytes = sealed(GOLDEN);
        for (int length = 0; length < bytes.length - 1; length++) {
            disk.put(PATH, Arrays.copyOf(bytes, length));
            assertThat(file.read()).as("%d bytes", length).isEqualTo(Membership.NONE);
        }
    }

    @Test
    void soundChecksumOverNonsense_isNothingKnown() throws IOException {
        for (String body : List.of(
                "",
                "lignum-members=x\n",
                "lignum-members=1\nepoch=7\n",
                GOLDEN.replace("version=31", "version="),
                GOLDEN.replace("8126", "many"),
                GOLDEN.replace("c3f7a7a0-", ""),
                GOLDEN.replace("oak+1", "%zz"))) {
            disk.put(PATH, sealed(body));
            assertThat(file.read()).as(body).isEqualTo(Membership.NONE);
        }
    }

    @Test
    void versionFromTheFuture_isNotCalledDamage() throws IOException {
        disk.put(PATH, sealed(GOLDEN.replace("lignum-members=1", "lignum-members=2")));
        assertThatThrownBy(file::read)
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("later release");
    }

    @Test
    void powerLostAtAnyMoment_leavesTheOldOrTheNew() throws IOException {
        Membership next = new Membership(8, 32, 2, KNOWN.inSync().subList(0, 1), KNOWN.nodes());
        StateFiles.assertReplacedWhole(
                KNOWN,
                next,
                (on, value) -> new MembersFile(on, DIRECTORY).write(value),
                on -> new MembersFile(on, DIRECTORY).read());
    }
}

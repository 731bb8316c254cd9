package io.lignum.cluster.node;

import static io.lignum.cluster.sim.Samples.A;
import static io.lignum.cluster.sim.Samples.B;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.SessionFile;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.internal.topics.MetadataRecord;
import io.lignum.cluster.internal.topics.TopicConfigJson;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.sim.Samples;
import io.lignum.record.fuzz.Allocated;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * What a node keeps of itself, and what it reads of the cluster: in a file, with the coordinator,
 * in the metadata log. Whatever stands there is read, or refused as what it is not.
 */
final class HostileStateTest {

    private static final int ROUNDS = 2_500;
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path PATH = DIRECTORY.resolve(NodeIdentityFile.NAME);

    private static final List<String> STATES = List.of(
            StateJson.encode(Samples.state(2, A, B)),
            StateJson.encode(Samples.state(1, A).handedOver(Optional.of("b"), "m")),
            StateJson.encode(
                    ClusterState.recovered(4, Samples.CLUSTER, A, 9, "x").unclean()));
    private static final String NODE =
            StateJson.encode(new NodeRecord(A, new NodeAddress("oak", 8126, 8080, 0), true));
    private static final TopicConfig CONFIG = TopicConfig.DEFAULT
            .withRetentionBytes(OptionalLong.of(1 << 20))
            .withRetentionAge(Optional.of(Duration.ofDays(1)));
    private static final List<String> RECORDS = List.of(
            new MetadataRecord.Create(new UUID(1, 2), "t", CONFIG).toJson(),
            new MetadataRecord.Alter(new UUID(1, 2), CONFIG).toJson(),
            new MetadataRecord.Trim(new UUID(1, 2), 77).toJson(),
            new MetadataRecord.Delete(new UUID(1, 2)).toJson());

    @Test
    void identity_isRead_orTheNodeSaysWhyItDoesNotStart() throws IOException {
        SimulatedDisk sound = new SimulatedDisk(1);
        sound.createDirectories(DIRECTORY);
        new NodeIdentityFile(sound, DIRECTORY)
                .write(NodeIdentity.fresh(A).inCluster(new UUID(3, 4)));
        byte[] bytes = sound.bytes(PATH);
        Rounds.run("identity", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            SimulatedDisk disk = new SimulatedDisk(seed);
            byte[] hostile = mutator.mutate(bytes);
            disk.put(PATH, mutator.random().nextBoolean() ? sealed(hostile) : hostile);
            disk.put(DIRECTORY.resolve(SessionFile.NAME), mutator.noise(80));
            try {
                assertThat(new NodeIdentityFile(disk, DIRECTORY).read()).isPresent();
            } catch (ClusterStartException refusal) {
                assertThat(refusal).hasMessageContaining(NodeIdentityFile.NAME);
            }
            assertThat(new SessionFile(disk, DIRECTORY).read()).isNotNull();
        });
    }

    private static byte[] sealed(byte[] hostile) {
        String text = new String(hostile, StandardCharsets.UTF_8);
        String body = text.substring(0, Math.max(0, text.lastIndexOf("crc32c=")));
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return (body + "crc32c=" + Long.toHexString(crc.getValue()) + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void stateOfTheCluster_isReadOrRefused() {
        texts("cluster state", STATES, StateJson::decodeState);
    }

    @Test
    void recordOfANode_isReadOrRefused() {
        texts("node record", List.of(NODE), StateJson::decodeNode);
    }

    @Test
    void metadataRecord_isReadOrRefused() {
        texts("metadata record", RECORDS, MetadataRecord::fromJson);
    }

    @Test
    void settingsOfATopic_areReadOrRefused() {
        texts("topic settings", List.of(TopicConfigJson.encode(CONFIG)), TopicConfigJson::decode);
    }

    private static void texts(String what, List<String> sound, Consumer<String> reading) {
        sound.forEach(reading); // What classes take as they are loaded does not count.
        read("{", reading);
        Rounds.run(what, ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            String text = sound.get(mutator.random().nextInt(sound.size()));
            String hostile = hostile(text, mutator);
            long bytes = Allocated.bytes(() -> read(hostile, reading));
            assertThat(bytes).isLessThan((1 << 20) + 200L * hostile.length());
        });
    }

    private static String hostile(String text, Mutator mutator) {
        return switch (mutator.random().nextInt(4)) {
            case 0 -> withNumber(text, mutator);
            case 1 ->
                text.replaceFirst(":[^,}]*", ":" + "[".repeat(mutator.random().nextInt(20_000)));
            default ->
                new String(
                        mutator.mutate(text.getBytes(StandardCharsets.UTF_8)),
                        StandardCharsets.UTF_8);
        };
    }

    /** One value becomes an extreme number, or no number. */
    private static String withNumber(String text, Mutator mutator) {
        String[] parts = text.split(":", -1);
        int at = 1 + mutator.random().nextInt(parts.length - 1);
        List<String> values = List.of(
                Long.toString(mutator.extreme()),
                mutator.extreme() + "." + mutator.random().nextInt(),
                "1e" + mutator.random().nextInt(1_000_000_000),
                "9".repeat(1 + mutator.random().nextInt(1_500)),
                "null",
                "\"\"",
                "{}",
                "[null]");
        String value = values.get(mutator.random().nextInt(values.size()));
        parts[at] = value + parts[at].replaceFirst("^(\"[^\"]*\"|[^,}]*)", "");
        return String.join(":", parts);
    }

    private static void read(String text, Consumer<String> reading) {
        try {
            reading.accept(text);
        } catch (IllegalArgumentException refusal) {
            if (refusal.getMessage() == null) {
                throw refusal;
            }
        }
    }
}

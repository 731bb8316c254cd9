package io.lignum.access.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.Bootstrap;
import io.lignum.access.state.SecurityChange.ChangePassword;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;
import io.lignum.access.state.SecurityChange.DeleteToken;
import io.lignum.access.state.SecurityChange.DeleteUser;
import io.lignum.access.state.SecurityChange.RemoveGrant;
import io.lignum.access.state.SecurityChange.SnapshotPart;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** A reader that starts at a snapshot has the state of one that read everything. */
class SecuritySnapshotTest {

    private static final int PART_BYTES = 700;

    /** A log as text, as it is stored, and the machine that has read all of it. */
    private static final class Log {
        final List<String> records = new ArrayList<>();
        final List<Optional<Rejection>> outcomes = new ArrayList<>();
        final SecurityStateMachine all = new SecurityStateMachine(0);

        void append(String id, SecurityChange change) {
            long offset = records.size();
            String text = SecurityJson.encode(new SecurityRecord(id, "user:root", offset, change));
            records.add(text);
            outcomes.add(all.apply(offset, SecurityJson.decode(text)));
        }

        void append(SecurityChange change) {
            append("id" + records.size(), change);
        }

        SecurityStateMachine readFrom(long start) {
            SecurityStateMachine machine = new SecurityStateMachine(start);
            for (int offset = (int) start; offset < records.size(); offset++) {
                boolean isComplete = machine.isComplete();
                Optional<Rejection> outcome =
                        machine.apply(offset, SecurityJson.decode(records.get(offset)));
                if (isComplete) {
                    assertThat(outcome).isEqualTo(outcomes.get(offset));
                }
            }
            return machine;
        }
    }

    /** The state in a form that is equal for equal states, byte for byte. */
    private static String canonical(SecurityState state) {
        SnapshotPart whole =
                SecuritySnapshot.of(state, Integer.MAX_VALUE).parts().get(0);
        return SecurityJson.encode(new SecurityRecord("", "", 0, whole));
    }

    private static List<SnapshotPart> snapshot(Log log) {
        return SecuritySnapshot.of(log.all.state(), PART_BYTES).parts();
    }

    private static Log withTenUsers() {
        Log log = new Log();
        log.append(new Bootstrap("root", List.of()));
        for (int i = 0; i < 10; i++) {
            log.append(new CreateUser("u" + i, credentials(new Random(i))));
            log.append(new AddGrant(grant("u" + i, Effect.ALLOW, "read", "topic:t" + i)));
        }
        return log;
    }

    @Test
    void snapshot_isTheStateBeforeItsOffset_inPartsOfBoundedSize() {
        Log log = withTenUsers();
        List<SnapshotPart> parts = snapshot(log);
        assertThat(parts).hasSizeGreaterThan(3).allSatisfy(part -> {
            assertThat(part.from()).isEqualTo(log.records.size());
            assertThat(SecurityJson.encode(new SecurityRecord("s", "node", 1, part))
                            .length())
                    .isLessThan(PART_BYTES + 256);
        });
        long from = log.records.size();
        parts.forEach(part -> log.append("s", part));
        SecurityStateMachine reader = log.readFrom(from);
        assertThat(reader.isComplete()).isTrue();
        assertThat(reader.newestSnapshot()).isEqualTo(OptionalLong.of(from));
        assertThat(canonical(reader.state())).isEqualTo(canonical(log.all.state()));
    }

    @Test
    void changesBetweenTheParts_areAppliedOnTopOfTheSnapshot() {
        Log log = withTenUsers();
        List<SnapshotPart> parts = snapshot(log);
        long from = log.records.size();
        log.append(new DeleteUser("u3")); // Before the first part, and not in the snapshot.
        for (SnapshotPart part : parts) {
            log.append("s", part);
            log.append(new CreateUser("between" + part.part(), List.of()));
        }
        log.append(new DeleteUser("u4"));
        SecurityStateMachine reader = log.readFrom(from);
        assertThat(canonical(reader.state())).isEqualTo(canonical(log.all.state()));
        assertThat(reader.state().users()).doesNotContainKeys("u3", "u4").containsKey("between1");
    }

    @Test
    void unfinishedSnapshot_andOneFromAnEarlierOffset_areNotUsed() {
        Log log = withTenUsers();
        List<SnapshotPart> parts = snapshot(log);
        long from = log.records.size();
        parts.subList(0, parts.size() - 1).forEach(part -> log.append("cut", part));
        assertThat(log.readFrom(from).isComplete()).isFalse();
        assertThat(log.readFrom(from).state().users()).isEmpty();
        log.append("other", parts.get(parts.size() - 1)); // Of another snapshot.
        log.append("gap", parts.get(0));
        log.append("gap", parts.get(2));
        assertThat(log.all.newestSnapshot()).isEmpty();
        assertThat(log.readFrom(from).isComplete()).isFalse();
        parts.forEach(part -> log.append("whole", part));
        assertThat(log.readFrom(from).isComplete()).isTrue();
        assertThat(log.readFrom(from + 1).isComplete())
                .as("a change may be missing")
                .isFalse();
    }

    @Test
    void part_outOfRange_isNoRecord() {
        assertThatThrownBy(() -> SecurityJson.decode("{\"id\":\"c\",\"by\":\"node\","
                        + "\"op\":\"snapshot\",\"from\":3,\"part\":2,\"parts\":2}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void storedForm_isReadByLaterReleases_andShownWithoutSecrets() {
        ScramCredential credential = new ScramCredential(
                ScramMechanism.SHA_256, new byte[] {1}, 16_384, new byte[32], new byte[32]);
        SnapshotPart part = new SnapshotPart(
                7,
                0,
                1,
                List.of(new User("ada", List.of(credential), 5, 6)),
                List.of(new ApiToken("t", new byte[32], "ada", "d", Optional.empty(), 4)),
                List.of(grant("ada", Effect.DENY, "read", "topic:x")));
        String text = SecurityJson.encode(new SecurityRecord("s", "node", 17, part));
        String zeros = "A".repeat(43) + "=";
        assertThat(text)
                .isEqualTo("{\"id\":\"s\",\"by\":\"node\",\"at\":17,\"op\":\"snapshot\",\"from\":7,"
                        + "\"part\":0,\"parts\":1,\"users\":[{\"user\":\"ada\",\"credentials\":["
                        + "{\"mechanism\":\"SCRAM-SHA-256\",\"salt\":\"AQ==\",\"iterations\":16384,"
                        + "\"stored_key\":\"" + zeros + "\",\"server_key\":\"" + zeros + "\"}],"
                        + "\"version\":5,\"changed\":6}],\"tokens\":[{\"token\":\"t\",\"hash\":\""
                        + zeros + "\",\"owner\":\"ada\",\"description\":\"d\",\"created\":4}],"
                        + "\"grants\":[{\"principal\":\"user:ada\",\"effect\":\"deny\","
                        + "\"what\":\"read\",\"resource\":\"topic:x\"}]}");
        assertThat(SecurityJson.withoutSecrets(text))
                .doesNotContain(zeros, "AQ==")
                .contains("\"user\":\"ada\"", "\"hash\":\"***\"", "\"stored_key\":\"***\"");
        assertThat(SecurityJson.withoutSecrets("secret")).isEqualTo("***");
        assertThat(SecurityJson.withoutSecrets("[\"secret\"]")).isEqualTo("***");
    }

    /**
     * Random changes, with snapshots at random places that changes interrupt and whose writers may
     * fail: a reader that starts where the log may be trimmed has the same state.
     */
    @Test
    void randomHistories_giveTheSameState_fromEveryRetainedStart() {
        for (long seed = 20261201; seed < 20261201 + 12; seed++) {
            randomHistory(seed);
        }
    }

    private static void randomHistory(long seed) {
        Random random = new Random(seed);
        Log log = new Log();
        List<Long> starts = new ArrayList<>(List.of(0L));
        ArrayDeque<SnapshotPart> rest = new ArrayDeque<>();
        String id = "";
        log.append(new Bootstrap("u0", List.of()));
        for (int i = 0; i < 400; i++) {
            if (random.nextInt(40) == 0) { // Also while another one is written: its writer failed.
                rest = new ArrayDeque<>(snapshot(log));
                id = "s" + i;
            } else if (!rest.isEmpty() && random.nextInt(3) > 0) {
                log.append(id, rest.removeFirst());
            } else {
                log.append(change(random));
            }
            OptionalLong newest = log.all.newestSnapshot();
            if (newest.isPresent() && newest.getAsLong() > starts.get(starts.size() - 1)) {
                starts.add(newest.getAsLong());
            }
        }
        assertThat(starts).as("seed %d", seed).hasSizeGreaterThan(3);
        String expected = canonical(log.all.state());
        for (long start : starts) {
            SecurityStateMachine reader = log.readFrom(start);
            assertThat(reader.isComplete()).as("seed %d, from %d", seed, start).isTrue();
            assertThat(canonical(reader.state()))
                    .as("seed %d, from %d", seed, start)
                    .isEqualTo(expected);
            assertThat(reader.newestSnapshot()).isEqualTo(log.all.newestSnapshot());
        }
    }

    private static SecurityChange change(Random random) {
        String user = "u" + random.nextInt(6);
        Effect effect = random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW;
        Grant grant = grant(user, effect, "secure", "cluster");
        return switch (random.nextInt(9)) {
            case 0 -> new CreateUser(user, credentials(random));
            case 1 -> new DeleteUser(user);
            case 2 -> new ChangePassword(user, credentials(random));
            case 3 -> new AddGrant(grant);
            case 4 -> new RemoveGrant(grant);
            case 5 -> new AddGrant(grant(user, effect, "read", "topic:t" + random.nextInt(50)));
            case 6 ->
                new CreateToken(new ApiToken(
                        "t" + random.nextInt(30),
                        new byte[] {(byte) random.nextInt()},
                        user,
                        "for a test",
                        random.nextBoolean() ? Optional.empty() : Optional.of(random.nextLong()),
                        random.nextInt()));
            case 7 -> new DeleteToken("t" + random.nextInt(30));
            default -> new Bootstrap(user, List.of());
        };
    }

    private static List<ScramCredential> credentials(Random random) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        return List.of(
                new ScramCredential(ScramMechanism.SHA_256, new byte[] {1}, 4_096, key, key));
    }

    private static Grant grant(String user, Effect effect, String what, String resource) {
        return Grant.parse(Principal.user(user), effect, what, Optional.of(resource));
    }
}

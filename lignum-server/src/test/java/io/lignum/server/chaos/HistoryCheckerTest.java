package io.lignum.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.chaos.ClientOperation.Kind;
import io.lignum.server.chaos.ClientOperation.Result;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Intact histories pass; each doctored one is found, by the name of its anomaly. */
final class HistoryCheckerTest {

    private static final int RECORDS = 20;

    private final List<ClientOperation> history = new ArrayList<>();
    private final Map<String, List<Long>> finals = new TreeMap<>();

    HistoryCheckerTest() {
        List<Long> log = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            long value = 100L + i;
            log.add(value);
            history.add(new ClientOperation(
                    Kind.SEND, 1, "a", value, i, 10L * i, 10L * i + 5, Result.OK));
            for (int consumer = 11; consumer <= 13; consumer++) {
                long at = 10L * i + 6;
                history.add(
                        new ClientOperation(Kind.POLL, consumer, "b", value, i, at, at, Result.OK));
            }
            long startNanos = 10L * i + 7;
            history.add(new ClientOperation(
                    Kind.READ, 21, "c", 0, i + 1, startNanos, startNanos + 1, Result.OK));
        }
        log.add(900L);
        history.add(new ClientOperation(Kind.SEND, 2, "a", 900, -1, 500, 600, Result.UNKNOWN));
        history.add(new ClientOperation(Kind.SEND, 2, "a", 901, -1, 500, 600, Result.FAILED));
        history.add(new ClientOperation(Kind.SEND, 2, "a", 902, -1, 500, 600, Result.UNKNOWN));
        for (int consumer = 11; consumer <= 13; consumer++) {
            history.add(new ClientOperation(
                    Kind.POLL, consumer, "b", 900, RECORDS, 700, 700, Result.OK));
        }
        for (String node : List.of("a", "b", "c")) {
            finals.put(node, new ArrayList<>(log));
        }
    }

    private List<Anomaly.Kind> found() {
        return new HistoryChecker(history, finals)
                .checkLive().stream().map(Anomaly::kind).distinct().toList();
    }

    private ClientOperation first(Kind kind, int offset) {
        return history.stream()
                .filter(one -> one.kind() == kind && one.offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    private void replace(ClientOperation old, ClientOperation by) {
        history.set(history.indexOf(old), by);
    }

    @Test
    void soundHistory_passes() {
        assertThat(found()).isEmpty();
        assertThat(new HistoryChecker(history, finals).lost()).isEmpty();
    }

    @Test
    void acknowledgedRecordThatIsNowhere_isALostWrite() {
        history.add(new ClientOperation(Kind.SEND, 3, "a", 950, 21, 0, 900, Result.OK));
        assertThat(found()).containsExactly(Anomaly.Kind.LOST_WRITE);
        assertThat(new HistoryChecker(history, finals).lost()).containsExactly(950L);
    }

    @Test
    void recordTwiceInTheLog_isADuplicate() {
        finals.values().forEach(log -> log.add(105L));
        assertThat(found()).containsExactly(Anomaly.Kind.DUPLICATE, Anomaly.Kind.UNSEEN);
    }

    @Test
    void nodesThatDiffer_areInconsistentOffsets() {
        finals.getOrDefault("b", List.of()).set(7, 900L);
        assertThat(found()).containsExactly(Anomaly.Kind.INCONSISTENT_OFFSETS);
    }

    @Test
    void acknowledgementOfAnotherOffset_isInconsistent() {
        ClientOperation send = first(Kind.SEND, 19);
        replace(send, new ClientOperation(Kind.SEND, 1, "a", 119, 25, 190, 195, Result.OK));
        assertThat(found())
                .containsExactly(Anomaly.Kind.INCONSISTENT_OFFSETS, Anomaly.Kind.STALE_READ);
    }

    @Test
    void refusedRecordInTheLog_isAnAbortedRead() {
        finals.values().forEach(log -> log.set(RECORDS, 901L));
        assertThat(found())
                .containsExactly(Anomaly.Kind.ABORTED_READ, Anomaly.Kind.PRECOMMITTED_READ);
    }

    @Test
    void receivedRecordThatIsNotInTheLog_isAPrecommittedRead() {
        history.add(new ClientOperation(Kind.POLL, 11, "b", 902, 21, 800, 800, Result.OK));
        assertThat(found()).containsExactly(Anomaly.Kind.PRECOMMITTED_READ);
    }

    @Test
    void recordThatWasNeverSent_isFound() {
        finals.values().forEach(log -> log.set(RECORDS, 77L));
        assertThat(found()).contains(Anomaly.Kind.NEVER_SENT);
    }

    @Test
    void consumerThatGoesBack_isNonmonotonic() {
        ClientOperation poll = first(Kind.POLL, 4);
        history.add(history.indexOf(first(Kind.POLL, 6)) + 1, poll);
        assertThat(found()).containsExactly(Anomaly.Kind.NONMONOTONIC_POLL);
    }

    @Test
    void consumerThatPassesARecordOver_skips() {
        history.remove(first(Kind.POLL, 4));
        assertThat(found()).containsExactly(Anomaly.Kind.POLL_SKIP);
    }

    @Test
    void consumerThatEndsShort_hasNotSeenAll() {
        history.removeIf(one ->
                one.kind() == Kind.POLL && one.client() == 12 && one.offset() >= RECORDS - 2);
        assertThat(found()).containsExactly(Anomaly.Kind.UNSEEN);
    }

    @Test
    void nodeThatLacksTheEnd_isFound() {
        finals.getOrDefault("c", List.of()).remove(RECORDS);
        assertThat(found()).containsExactly(Anomaly.Kind.UNSEEN);
    }

    @Test
    void laterRecordOfAClientBeforeItsEarlierOne_isNonmonotonic() {
        ClientOperation send = first(Kind.SEND, 5);
        replace(send, new ClientOperation(Kind.SEND, 1, "a", 105, 5, 199, 205, Result.OK));
        assertThat(found()).containsExactly(Anomaly.Kind.NONMONOTONIC_SEND);
    }

    @Test
    void linearizableReadThatMissesWhatWasAcknowledged_isStale() {
        ClientOperation read = first(Kind.READ, 10);
        replace(read, new ClientOperation(Kind.READ, 21, "c", 0, 9, 97, 98, Result.OK));
        assertThat(found()).containsExactly(Anomaly.Kind.STALE_READ);
    }

    @Test
    void walTopicThatLostATail_isNotAnAnomaly_butReported() {
        finals.values().forEach(log -> log.subList(15, log.size()).clear());
        HistoryChecker checker = new HistoryChecker(history, finals);
        assertThat(checker.checkWal()).isEmpty();
        assertThat(checker.lost()).hasSize(5);
    }
}

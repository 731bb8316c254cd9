package io.lignum.server.chaos;

import io.lignum.server.chaos.Anomaly.Kind;
import io.lignum.server.chaos.ClientOperation.Result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares what the clients of a topic saw with what its nodes hold in the end. A live topic must
 * hold everything acknowledged, once, in order, with the same bytes on every node. A crash of the
 * leader may cut off the tail of a wal topic: such records are reported, and must be in some node's
 * side file.
 */
final class HistoryChecker {

    private static final int MOST_OF_A_KIND = 5;

    private final List<ClientOperation> history;
    private final Map<String, List<Long>> finals;
    private final List<Long> log;
    private final Map<Long, Integer> offsets = new HashMap<>();
    private final Map<Long, Result> sent = new HashMap<>();
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<Kind, Integer> counts = new TreeMap<>();

    /**
     * Creates a checker.
     *
     * @param history in any order
     * @param finals the final values of each node, by their offsets from 0
     */
    HistoryChecker(List<ClientOperation> history, Map<String, List<Long>> finals) {
        this.history = history;
        this.finals = new TreeMap<>(finals);
        log = finals.values().stream().max(Comparator.comparingInt(List::size)).orElse(List.of());
        for (int i = 0; i < log.size(); i++) {
            offsets.putIfAbsent(log.get(i), i);
        }
        for (ClientOperation one : history) {
            if (one.kind() == ClientOperation.Kind.SEND) {
                sent.put(one.value(), one.result());
            }
        }
    }

    List<Anomaly> checkLive() {
        checkLogs();
        checkSends();
        checkPolls();
        checkReads();
        return anomalies;
    }

    List<Anomaly> checkWal() {
        checkLogs();
        return anomalies;
    }

    /** Values that were acknowledged and are in no log. */
    List<Long> lost() {
        return history.stream()
                .filter(one -> one.kind() == ClientOperation.Kind.SEND && one.isOk())
                .map(ClientOperation::value)
                .filter(value -> !offsets.containsKey(value))
                .toList();
    }

    private void found(Kind kind, String text) {
        if (counts.merge(kind, 1, Integer::sum) <= MOST_OF_A_KIND) {
            anomalies.add(new Anomaly(kind, text));
        }
    }

    // ---- the logs alone

    private void checkLogs() {
        finals.forEach((node, values) -> {
            for (int i = 0; i < values.size(); i++) {
                if (!values.get(i).equals(log.get(i))) {
                    found(
                            Kind.INCONSISTENT_OFFSETS,
                            node + " has " + values.get(i) + " at offset " + i + ", another node "
                                    + log.get(i));
                    return;
                }
            }
            if (values.size() < log.size()) {
                found(Kind.UNSEEN, node + " ends at " + values.size() + " of " + log.size());
            }
        });
        for (int i = 0; i < log.size(); i++) {
            long value = log.get(i);
            Result result = sent.get(value);
            if (offsets.getOrDefault(value, i) != i) {
                found(Kind.DUPLICATE, value + " at " + offsets.get(value) + " and " + i);
            } else if (result == null) {
                found(Kind.NEVER_SENT, value + " at " + i);
            } else if (result == Result.FAILED) {
                found(Kind.ABORTED_READ, value + " was refused, and stands at " + i);
            }
        }
    }

    // ---- sends

    private void checkSends() {
        Map<Integer, List<ClientOperation>> clients = new TreeMap<>();
        for (ClientOperation one : history) {
            if (one.kind() == ClientOperation.Kind.SEND && one.isOk()) {
                checkAcknowledged(one);
                clients.computeIfAbsent(one.client(), any -> new ArrayList<>()).add(one);
            }
        }
        clients.values().forEach(this::checkOrder);
    }

    private void checkAcknowledged(ClientOperation send) {
        Integer offset = offsets.get(send.value());
        if (offset == null) {
            found(Kind.LOST_WRITE, send.toString());
        } else if (offset != send.offset()) {
            found(Kind.INCONSISTENT_OFFSETS, send + " stands at " + offset);
        }
    }

    /** The records of one client, which it sent one after the other. */
    private void checkOrder(List<ClientOperation> sends) {
        sends.sort(Comparator.comparingLong(ClientOperation::startNanos));
        long greatest = -1;
        for (ClientOperation send : sends) {
            if (send.offset() <= greatest) {
                found(Kind.NONMONOTONIC_SEND, send + " is not behind offset " + greatest);
            }
            greatest = Math.max(greatest, send.offset());
        }
    }

    // ---- consumers

    private void checkPolls() {
        Map<Integer, Long> last = new TreeMap<>();
        for (ClientOperation one : history) {
            if (one.kind() == ClientOperation.Kind.POLL) {
                checkReceived(one);
                long before = last.getOrDefault(one.client(), -1L);
                if (one.offset() <= before) {
                    found(Kind.NONMONOTONIC_POLL, one + " came behind offset " + before);
                } else if (one.offset() > before + 1) {
                    found(Kind.POLL_SKIP, one + " came behind offset " + before);
                }
                last.put(one.client(), Math.max(before, one.offset()));
            }
        }
        last.forEach((client, offset) -> {
            if (offset + 1 < log.size()) {
                found(
                        Kind.UNSEEN,
                        "consumer " + client + " ended behind offset " + offset + " of "
                                + log.size());
            }
        });
    }

    private void checkReceived(ClientOperation poll) {
        if (sent.get(poll.value()) == Result.FAILED) {
            found(Kind.ABORTED_READ, poll + " was refused");
        }
        if (poll.offset() >= log.size()) {
            found(Kind.PRECOMMITTED_READ, poll + " is not in the log");
        } else if (log.get((int) poll.offset()) != poll.value()) {
            found(
                    offsets.containsKey(poll.value())
                            ? Kind.INCONSISTENT_OFFSETS
                            : Kind.PRECOMMITTED_READ,
                    poll + ", the log has " + log.get((int) poll.offset()));
        }
    }

    // ---- linearizable reads

    private void checkReads() {
        List<ClientOperation> byEnd = history.stream()
                .filter(ClientOperation::isOk)
                .sorted(Comparator.comparingLong(ClientOperation::ended))
                .toList();
        List<ClientOperation> reads = history.stream()
                .filter(one -> one.kind() == ClientOperation.Kind.READ && one.isOk())
                .sorted(Comparator.comparingLong(ClientOperation::startNanos))
                .toList();
        int next = 0;
        long atLeast = 0;
        for (ClientOperation read : reads) {
            while (next < byEnd.size() && byEnd.get(next).ended() < read.startNanos()) {
                ClientOperation before = byEnd.get(next++);
                boolean end = before.kind() == ClientOperation.Kind.READ;
                atLeast = Math.max(atLeast, before.offset() + (end ? 0 : 1));
            }
            if (read.offset() < atLeast) {
                found(Kind.STALE_READ, read + ", " + atLeast + " was known before it began");
            }
        }
    }
}

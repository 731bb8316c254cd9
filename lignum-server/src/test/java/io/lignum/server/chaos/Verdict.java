package io.lignum.server.chaos;

import io.lignum.server.chaos.ClientOperation.Kind;
import io.lignum.server.chaos.ClientOperation.Result;

import java.util.List;

/**
 * The result of a round.
 *
 * @param operations of all clients
 * @param failedReads linearizable reads that were refused
 * @param walLost acknowledged records of the wal topic that are only in a side file
 * @param anomalies empty if the history is correct
 */
record Verdict(
        List<ClientOperation> operations, long failedReads, int walLost, List<Anomaly> anomalies) {

    long count(Kind kind, Result result) {
        return operations.stream()
                .filter(one -> one.kind() == kind && one.result() == result)
                .count();
    }
}

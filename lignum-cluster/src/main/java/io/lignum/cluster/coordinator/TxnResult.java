package io.lignum.cluster.coordinator;

import java.util.List;
import java.util.Optional;

/** What the coordinator answered to a transaction. */
public sealed interface TxnResult {

    /**
     * A clean success. {@code entries} are the entries read, written or locked, in the order of the
     * operations.
     */
    record Applied(List<Entry> entries) implements TxnResult {
        public Applied {
            entries = List.copyOf(entries);
        }

        /** What is said of a key; empty where nothing is. */
        public Optional<Entry> find(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }
    }

    /**
     * Rolled back, and why; proof of nothing where an earlier copy of the request may have been
     * applied.
     */
    record Refused(String reason) implements TxnResult {}
}

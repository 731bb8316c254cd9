package io.lignum.cluster.coordinator;

import java.util.List;
import java.util.Optional;

/** The coordinator's answer to a transaction. */
public sealed interface TxnResult {

    /**
     * An explicit success. {@code entries} are the entries read, written or locked, in the order of
     * the operations.
     */
    record Applied(List<Entry> entries) implements TxnResult {
        public Applied {
            entries = List.copyOf(entries);
        }

        /** The entry of a key; empty if the answer has none. */
        public Optional<Entry> find(String key) {
            return entries.stream().filter(entry -> entry.key().equals(key)).findFirst();
        }
    }

    /**
     * Rolled back, with the reason. It does not prove that an earlier copy of the request was not
     * applied.
     */
    record Refused(String reason) implements TxnResult {}
}

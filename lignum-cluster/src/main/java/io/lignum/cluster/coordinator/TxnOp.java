package io.lignum.cluster.coordinator;

/** One operation of a transaction. */
public sealed interface TxnOp {

    String key();

    /** Refuses the transaction unless this session holds the key's lock. */
    record CheckSession(String key, String session) implements TxnOp {}

    /** Sets the value if the entry is at {@code index}; 0: only if the key does not exist. */
    record Cas(String key, long index, String value) implements TxnOp {}

    /** Takes the lock, or keeps it if the session holds it already, and sets the value. */
    record Lock(String key, String session, String value) implements TxnOp {}

    /** Releases the lock that the session holds, and sets the value. No lock delay follows. */
    record Unlock(String key, String session, String value) implements TxnOp {}

    /** Sets the value unconditionally. */
    record Put(String key, String value) implements TxnOp {}

    /**
     * Reads the entry within this transaction; refuses the transaction if the key does not exist.
     */
    record Get(String key) implements TxnOp {}

    /** Removes the key, if it exists. */
    record Delete(String key) implements TxnOp {}
}

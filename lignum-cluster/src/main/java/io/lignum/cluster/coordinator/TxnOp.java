package io.lignum.cluster.coordinator;

/** One operation of a transaction. */
public sealed interface TxnOp {

    String key();

    /** Refuses the transaction unless this session holds the key's lock. */
    record CheckSession(String key, String session) implements TxnOp {}

    /** Sets the value if the entry is at {@code index}; 0: only if there is none. */
    record Cas(String key, long index, String value) implements TxnOp {}

    /** Takes the lock, or keeps it if the session has it already, and sets the value. */
    record Lock(String key, String session, String value) implements TxnOp {}

    /** Lets go of the lock that the session holds, and sets the value. No lock delay follows. */
    record Unlock(String key, String session, String value) implements TxnOp {}

    /** Sets the value whatever there is. */
    record Put(String key, String value) implements TxnOp {}

    /** Reads the entry as of this transaction; refuses it when there is none. */
    record Get(String key) implements TxnOp {}

    /** Removes the entry, if there is one. */
    record Delete(String key) implements TxnOp {}
}

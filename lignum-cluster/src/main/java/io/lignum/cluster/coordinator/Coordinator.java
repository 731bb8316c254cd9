package io.lignum.cluster.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The configuration manager of a cluster: sessions, and a small key-value store with locks. The
 * contract is what Consul provides, and no more.
 *
 * <p>No method blocks. Futures complete on a thread of the coordinator, which must not be blocked.
 * Each fails with {@link CoordinatorException}, after which <em>it is unknown whether the call had
 * an effect</em>, or will have one: requests may be resent on the way. An Error ends the
 * node instead. Any thread.
 */
public interface Coordinator extends AutoCloseable {

    /**
     * Registers the node and its two checks, in state passing: a TCP check of its internal port
     * every second, and a TTL check that is critical 3 s after the last {@link #pass}. Registering
     * again updates what differs.
     */
    CompletableFuture<Void> register(Registration registration);

    /** Removes the node's registration. */
    CompletableFuture<Void> deregister(Registration registration);

    /** Passes the node's TTL check for the next 3 s. */
    CompletableFuture<Void> pass(Registration registration);

    /**
     * Opens a session. It ends, and releases its locks, when a check of the registration or the
     * agent's node becomes critical, or when it is not renewed for its TTL (up to twice the TTL
     * later).
     */
    CompletableFuture<String> openSession(Registration registration, SessionTimes times);

    /** True: renewed. False: proof that the session has ended. */
    CompletableFuture<Boolean> renew(String session);

    /**
     * Ends a session. Its locks can be taken only after the lock delay; unlock them first to avoid
     * it.
     */
    CompletableFuture<Void> destroy(String session);

    /** The current entry: a consistent read, which the coordinator's leader confirms. */
    CompletableFuture<Optional<Entry>> read(String key);

    /**
     * Executes all of the operations or none. {@link TxnResult.Applied} and
     * {@link TxnResult.Refused} are the coordinator's answers. Because requests may be resent, even
     * a refusal does not prove that an earlier copy of the request was not applied.
     */
    CompletableFuture<TxnResult> transact(List<TxnOp> operations);

    /**
     * Returns the entries whose key begins with {@code prefix}, once their index differs from
     * {@code index} or {@code wait} is over. Index 0 answers at once. An answer need not contain a
     * change, may be stale, and its index can be lower than before: continue with 0 then. The
     * implementation limits the rate.
     */
    CompletableFuture<Watched> watch(String prefix, long index, Duration wait);

    /** Ends its threads; pending calls fail. Sessions and keys stay as they are. */
    @Override
    void close();
}

package io.lignum.cluster.coordinator;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The configuration manager of a cluster: sessions, and a small key-value store with locks. Its
 * promises are those of Consul, no more.
 *
 * <p>Nothing blocks. Futures complete on a thread of the coordinator, which must not be blocked.
 * Each fails with {@link CoordinatorException}, after which <em>it is unknown whether the call had
 * an effect</em>, now or later: requests may be resent on the way. Any thread.
 */
public interface Coordinator extends AutoCloseable {

    /**
     * Makes the node and its two checks known, passing: a TCP check of its internal port every
     * second, and one that is critical 3 s after the last {@link #pass}. Registering again changes
     * nothing or what differs.
     */
    CompletableFuture<Void> register(Registration registration);

    /** Takes the node's registration back. */
    CompletableFuture<Void> deregister(Registration registration);

    /** Passes the node's check once more, for the next 3 s. */
    CompletableFuture<Void> pass(Registration registration);

    /**
     * Opens a session that ends, and lets go of its locks, when a check of the registration or the
     * agent's node becomes critical, or when it is not renewed for its TTL (then up to twice as
     * late).
     */
    CompletableFuture<String> openSession(Registration registration, SessionTimes times);

    /** True: renewed. False: proof that the session is gone. */
    CompletableFuture<Boolean> renew(String session);

    /** Ends a session. Its locks can be taken only after the lock delay: unlock them first. */
    CompletableFuture<Void> destroy(String session);

    /** The entry as of now: a consistent read, which the coordinator's leader confirms. */
    CompletableFuture<Optional<Entry>> read(String key);

    /**
     * All of the operations at once or none. {@link TxnResult.Applied} and
     * {@link TxnResult.Refused} are what the coordinator answered; as requests may be resent, even
     * a refusal does not prove that an earlier copy was not applied.
     */
    CompletableFuture<TxnResult> transact(List<TxnOp> operations);

    /**
     * The entries whose key begins with {@code prefix}, once their index differs from {@code index}
     * or {@code wait} is over. Index 0 answers at once. An answer is no promise of a change, may be
     * stale, and its index can be lower than before: begin again at 0 then. The implementation
     * limits the rate.
     */
    CompletableFuture<Watched> watch(String prefix, long index, Duration wait);

    /** Ends its threads; calls on their way fail. Sessions and keys stay as they are. */
    @Override
    void close();
}

package io.lignum.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * A registered node with an open port, which passes its check by itself, and calls that wait for
 * the answer.
 */
final class TestNode implements AutoCloseable {

    /** A bound for what needs no waiting. */
    static final Duration SOON = Duration.ofSeconds(5);

    static final SessionTimes TIMES =
            new SessionTimes(Duration.ofSeconds(10), Duration.ofMillis(1500));

    final CoordinatorSite site;
    final String id = "n" + UUID.randomUUID();
    final Coordinator coordinator;
    final Registration registration;
    private final CoordinatorSite.Repeated passes;

    TestNode(CoordinatorSite site) {
        this.site = site;
        coordinator = site.connect(id);
        registration = new Registration(id, "lignum", "127.0.0.1", site.openPort(id));
        await(coordinator.register(registration));
        passes = site.every(Duration.ofMillis(500), () -> {
            CompletableFuture<Void> unheard = coordinator.pass(registration);
            assertThat(unheard).isNotNull();
        });
    }

    <T> T await(CompletableFuture<T> future) {
        return site.await(future, SOON);
    }

    void stopPassing() {
        passes.close();
    }

    String session() {
        return await(coordinator.openSession(registration, TIMES));
    }

    TxnResult transact(TxnOp... operations) {
        return await(coordinator.transact(List.of(operations)));
    }

    List<Entry> applied(TxnOp... operations) {
        TxnResult result = transact(operations);
        assertThat(result).isInstanceOf(TxnResult.Applied.class);
        return ((TxnResult.Applied) result).entries();
    }

    void refused(TxnOp... operations) {
        assertThat(transact(operations)).isInstanceOf(TxnResult.Refused.class);
    }

    Entry get(String key) {
        return await(coordinator.read(key)).orElseThrow();
    }

    Optional<String> holder(String key) {
        return get(key).session();
    }

    @Override
    public void close() {
        passes.close();
        await(coordinator.deregister(registration));
        coordinator.close();
        site.closePort(id);
    }
}

package io.lignum.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Watches, as every coordinator has them. */
public interface WatchContract {

    /** Long enough that nothing but a change ends a watch in time. */
    Duration LONG = Duration.ofSeconds(60);

    /** Where to run. */
    CoordinatorSite site();

    private static String prefix() {
        return "test/" + UUID.randomUUID() + "/";
    }

    private static Watched now(TestNode node, String prefix) {
        return node.await(node.coordinator.watch(prefix, 0, LONG));
    }

    private static CompletableFuture<Watched> next(TestNode node, String prefix, Watched last) {
        return node.coordinator.watch(prefix, last.index(), LONG);
    }

    @Test
    default void watchFromZero_answersAtOnce() {
        try (TestNode node = new TestNode(site())) {
            String prefix = prefix();
            Watched empty = now(node, prefix);
            assertThat(empty.entries()).isEmpty();
            assertThat(empty.index()).isPositive();
            node.applied(new TxnOp.Put(prefix + "b", "2"), new TxnOp.Put(prefix + "a", "1"));
            assertThat(now(node, prefix).entries())
                    .extracting(Entry::value)
                    .containsExactly("1", "2");
        }
    }

    @Test
    default void watch_answersAtAChangeBelowItsPrefixOnly() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String prefix = prefix();
            other.applied(new TxnOp.Put(prefix + "a", "1"));
            Watched last = now(node, prefix);
            CompletableFuture<Watched> watch = next(node, prefix, last);
            other.applied(new TxnOp.Put(prefix() + "elsewhere", "1"));
            long start = site().nanos();
            site().until(TestNode.SOON, () -> site().nanos() - start > 300_000_000L);
            assertThat(watch).isNotDone();
            other.applied(new TxnOp.Put(prefix + "a", "2"));
            Watched changed = node.await(watch);
            assertThat(changed.index()).isGreaterThan(last.index());
            assertThat(changed.entries()).extracting(Entry::value).containsExactly("2");
        }
    }

    @Test
    default void watch_answersWhenAKeyIsRemoved() {
        try (TestNode node = new TestNode(site())) {
            String prefix = prefix();
            node.applied(new TxnOp.Put(prefix + "a", "1"), new TxnOp.Put(prefix + "b", "1"));
            CompletableFuture<Watched> watch = next(node, prefix, now(node, prefix));
            node.applied(new TxnOp.Delete(prefix + "b"));
            assertThat(node.await(watch).entries()).hasSize(1);
        }
    }

    @Test
    default void watch_answersWhenTheHolderOfALockDies() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String prefix = prefix();
            other.applied(new TxnOp.Lock(prefix + "lock", other.session(), "mine"));
            CompletableFuture<Watched> watch = next(node, prefix, now(node, prefix));
            site().closePort(other.id);
            assertThat(node.await(watch).entries().get(0).session()).isEmpty();
        }
    }

    @Test
    default void watchWithoutAChange_answersWhenItsTimeIsOver() {
        try (TestNode node = new TestNode(site())) {
            String prefix = prefix();
            node.applied(new TxnOp.Put(prefix + "a", "1"));
            Watched last = now(node, prefix);
            long start = site().nanos();
            Watched same = node.await(
                    node.coordinator.watch(prefix, last.index(), Duration.ofMillis(800)));
            assertThat(Duration.ofNanos(site().nanos() - start))
                    .isBetween(Duration.ofMillis(790), Duration.ofSeconds(4));
            assertThat(same).isEqualTo(last);
        }
    }

    @Test
    default void watchesInARow_areLimitedInRate() {
        try (TestNode node = new TestNode(site())) {
            String prefix = prefix();
            long start = site().nanos();
            for (int i = 0; i < 15; i++) { // A few of them may come without a pause.
                now(node, prefix);
            }
            assertThat(Duration.ofNanos(site().nanos() - start))
                    .isGreaterThan(Duration.ofMillis(490));
        }
    }

    @Test
    default void closedCoordinator_failsWhatIsOnItsWayAndWhatComesLater() {
        try (TestNode node = new TestNode(site())) {
            Coordinator closed = site().connect(node.id);
            String prefix = prefix();
            node.applied(new TxnOp.Put(prefix + "a", "1"));
            long index = now(node, prefix).index();
            CompletableFuture<Watched> watch = closed.watch(prefix, index, LONG);
            closed.close();
            assertThatThrownBy(() -> node.await(watch))
                    .hasStackTraceContaining("CoordinatorException");
            assertThatThrownBy(() -> node.await(closed.read(prefix)))
                    .hasStackTraceContaining("CoordinatorException");
        }
    }
}

package io.lignum.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Sessions and checks, as every coordinator has them. */
public interface SessionsContract {

    /** Where to run. */
    CoordinatorSite site();

    private static String key() {
        return "test/" + UUID.randomUUID() + "/lock";
    }

    private static TxnOp lock(String key, String session) {
        return new TxnOp.Lock(key, session, "held by " + session);
    }

    private static boolean taken(TestNode node, TxnOp lock) {
        return node.transact(lock) instanceof TxnResult.Applied;
    }

    @Test
    default void openSession_canBeRenewed() {
        try (TestNode node = new TestNode(site())) {
            String session = node.session();
            assertThat(node.await(node.coordinator.renew(session))).isTrue();
            assertThat(node.session()).isNotEqualTo(session);
        }
    }

    @Test
    default void destroyedSession_isProvedGoneAndLocksNothing() {
        try (TestNode node = new TestNode(site())) {
            String session = node.session();
            node.await(node.coordinator.destroy(session));
            node.await(node.coordinator.destroy(session));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
            node.refused(lock(key(), session));
        }
    }

    @Test
    default void destroyedSession_freesItsLocksAfterTheLockDelay() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String session = node.session();
            String next = other.session();
            node.applied(lock(key, session));
            long index = node.get(key).modifyIndex();
            node.await(node.coordinator.destroy(session));
            assertThat(node.get(key))
                    .returns(Optional.empty(), Entry::session)
                    .returns(1L, Entry::lockIndex)
                    .satisfies(entry -> assertThat(entry.modifyIndex()).isGreaterThan(index));
            Duration taken = other.until(TestNode.SOON, () -> taken(other, lock(key, next)));
            assertThat(taken).isBetween(Duration.ofMillis(1200), Duration.ofMillis(2500));
        }
    }

    @Test
    default void closedPort_endsTheSessionInASecondOrSo() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String next = other.session();
            node.applied(lock(key, node.session()));
            site().closePort(node.id);
            Duration lost =
                    other.until(Duration.ofSeconds(4), () -> other.holder(key).isEmpty());
            assertThat(lost).isLessThan(Duration.ofMillis(2500));
            Duration taken = other.until(TestNode.SOON, () -> taken(other, lock(key, next)));
            assertThat(taken).isGreaterThan(Duration.ofSeconds(1));
            assertThatThrownBy(node::session).hasRootCauseInstanceOf(RuntimeException.class);
        }
    }

    @Test
    default void checkThatIsNotPassed_endsTheSessionAfterThreeSeconds() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.applied(lock(key, session));
            node.stopPassing();
            Duration lost =
                    other.until(Duration.ofSeconds(6), () -> other.holder(key).isEmpty());
            assertThat(lost).isBetween(Duration.ofSeconds(2), Duration.ofMillis(4500));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
            node.await(node.coordinator.pass(node.registration));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
            node.until(TestNode.SOON, () -> opens(node));
        }
    }

    private static boolean opens(TestNode node) {
        try {
            return !node.session().isEmpty();
        } catch (RuntimeException critical) {
            return false;
        }
    }

    @Test
    default void sessionThatIsNotRenewed_endsAfterTwiceItsTime() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.applied(lock(key, session));
            Duration lost =
                    node.until(Duration.ofSeconds(30), () -> node.holder(key).isEmpty());
            assertThat(lost).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(25));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
        }
    }

    @Test
    default void secondRegistration_keepsTheSession() {
        try (TestNode node = new TestNode(site())) {
            String session = node.session();
            node.await(node.coordinator.register(node.registration));
            node.await(node.coordinator.pass(node.registration));
            assertThat(node.await(node.coordinator.renew(session))).isTrue();
        }
    }

    @Test
    default void unregisteredNode_hasNoCheckAndNoSession() {
        try (TestNode node = new TestNode(site())) {
            Registration other = new Registration("stranger", "lignum", "127.0.0.1", 1);
            assertThatThrownBy(() -> node.await(node.coordinator.pass(other)))
                    .hasStackTraceContaining("CoordinatorException");
            assertThatThrownBy(
                            () -> node.await(node.coordinator.openSession(other, TestNode.TIMES)))
                    .hasStackTraceContaining("CoordinatorException");
        }
    }

    @Test
    default void deregisteredNode_losesItsSession() {
        try (TestNode node = new TestNode(site())) {
            String session = node.session();
            node.await(node.coordinator.deregister(node.registration));
            node.until(TestNode.SOON, () -> !node.await(node.coordinator.renew(session)));
            node.await(node.coordinator.register(node.registration));
        }
    }
}

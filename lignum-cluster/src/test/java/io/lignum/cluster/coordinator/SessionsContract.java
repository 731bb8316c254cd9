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

    private Duration since(long start) {
        return Duration.ofNanos(site().nanos() - start);
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
    default void destroyedSession_isProvedEndedAndLocksNothing() {
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
            long start = site().nanos();
            node.await(node.coordinator.destroy(session));
            assertThat(node.get(key))
                    .returns(Optional.empty(), Entry::session)
                    .returns(1L, Entry::lockIndex)
                    .satisfies(entry -> assertThat(entry.modifyIndex()).isGreaterThan(index));
            site().until(TestNode.SOON, () -> taken(other, lock(key, next)));
            assertThat(since(start)).isGreaterThanOrEqualTo(TestNode.TIMES.lockDelay());
        }
    }

    @Test
    default void closedPort_endsTheSessionInASecondOrSo() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String next = other.session();
            node.applied(lock(key, node.session()));
            long start = site().nanos();
            site().closePort(node.id);
            site().until(TestNode.SOON, () -> other.holder(key).isEmpty());
            assertThat(since(start)).isLessThan(Duration.ofSeconds(3));
            site().until(TestNode.SOON, () -> taken(other, lock(key, next)));
            assertThat(since(start)).isGreaterThanOrEqualTo(TestNode.TIMES.lockDelay());
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
            long start = site().nanos();
            node.await(node.coordinator.pass(node.registration));
            site().until(Duration.ofSeconds(10), () -> other.holder(key).isEmpty());
            assertThat(since(start)).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(6));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
            node.await(node.coordinator.pass(node.registration));
            assertThat(node.await(node.coordinator.renew(session))).isFalse();
            site().until(TestNode.SOON, () -> opens(node));
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
            long start = site().nanos();
            String session = node.session();
            node.applied(lock(key, session));
            site().until(Duration.ofSeconds(40), () -> node.holder(key).isEmpty());
            assertThat(since(start)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
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
            site().until(TestNode.SOON, () -> !node.await(node.coordinator.renew(session)));
            node.await(node.coordinator.register(node.registration));
        }
    }
}

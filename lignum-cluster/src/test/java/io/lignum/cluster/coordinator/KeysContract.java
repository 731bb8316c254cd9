package io.lignum.cluster.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Keys, locks and transactions, as every coordinator has them. */
public interface KeysContract {

    /** Where to run. */
    CoordinatorSite site();

    private static String key() {
        return "test/" + UUID.randomUUID() + "/key";
    }

    @Test
    default void absentKey_readsAsEmpty() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            assertThat(node.await(node.coordinator.read(key))).isEmpty();
        }
    }

    @Test
    default void writtenKeys_areReadWithTheirValues() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            node.applied(new TxnOp.Put(key + "/b", "{\"v\":1, \"ü\":\"€\"}"));
            node.applied(new TxnOp.Put(key + "/a", ""));
            assertThat(node.get(key + "/a"))
                    .extracting(Entry::key, Entry::value)
                    .containsExactly(key + "/a", "");
            assertThat(node.get(key + "/b"))
                    .extracting(Entry::key, Entry::value)
                    .containsExactly(key + "/b", "{\"v\":1, \"ü\":\"€\"}");
            assertThat(node.get(key + "/b").lockIndex()).isZero();
            assertThat(node.holder(key + "/b")).isEmpty();
        }
    }

    @Test
    default void identicalWrite_keepsTheIndex() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            node.applied(new TxnOp.Put(key, "same"));
            long index = node.get(key).modifyIndex();
            node.applied(new TxnOp.Put(key, "same"));
            assertThat(node.get(key).modifyIndex()).isEqualTo(index);
            assertThat(node.applied(new TxnOp.Cas(key, index, "same")).get(0).modifyIndex())
                    .isEqualTo(index);
            node.applied(new TxnOp.Put(key, "other"));
            assertThat(node.get(key).modifyIndex()).isGreaterThan(index);
        }
    }

    @Test
    default void casAtZero_createsOnly() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            node.applied(new TxnOp.Cas(key, 0, "first"));
            node.refused(new TxnOp.Cas(key, 0, "second"));
            assertThat(node.get(key).value()).isEqualTo("first");
        }
    }

    @Test
    default void casAtOldIndex_isRefused() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            node.applied(new TxnOp.Put(key, "one"));
            long index = node.get(key).modifyIndex();
            assertThat(node.applied(new TxnOp.Cas(key, index, "two")).get(0).modifyIndex())
                    .isEqualTo(node.get(key).modifyIndex())
                    .isGreaterThan(index);
            node.refused(new TxnOp.Cas(key, index, "three"));
            node.refused(new TxnOp.Cas(key + "/absent", index, "three"));
            assertThat(node.get(key).value()).isEqualTo("two");
        }
    }

    @Test
    default void refusedTransaction_changesNothing() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.applied(new TxnOp.Put(key, "before"));
            node.refused(
                    new TxnOp.Lock(key + "/lock", session, "mine"),
                    new TxnOp.Put(key, "after"),
                    new TxnOp.Cas(key + "/state", 1, "x"));
            assertThat(node.await(node.coordinator.read(key + "/lock"))).isEmpty();
            assertThat(node.get(key).value()).isEqualTo("before");
        }
    }

    @Test
    default void transaction_answersInTheOrderOfItsOperations() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.applied(new TxnOp.Put(key + "/deleted", "x"));
            assertThat(node.applied(
                            new TxnOp.Cas(key + "/state", 0, "s"),
                            new TxnOp.Lock(key + "/lock", session, "l"),
                            new TxnOp.CheckSession(key + "/lock", session),
                            new TxnOp.Get(key + "/state"),
                            new TxnOp.Delete(key + "/deleted"),
                            new TxnOp.Put(key + "/put", "p"),
                            new TxnOp.Unlock(key + "/lock", session, "u")))
                    .extracting(Entry::value)
                    .containsExactly("s", "l", "s", "p", "u");
            assertThat(List.of("/lock", "/put", "/state"))
                    .allSatisfy(
                            name -> assertThat(node.get(key + name).key()).isEqualTo(key + name));
            assertThat(node.await(node.coordinator.read(key + "/deleted"))).isEmpty();
        }
    }

    @Test
    default void getOfAbsentKey_refuses_deleteOfOneDoesNot() {
        try (TestNode node = new TestNode(site())) {
            node.refused(new TxnOp.Get(key()));
            assertThat(node.applied(new TxnOp.Delete(key()))).isEmpty();
        }
    }

    @Test
    default void lockedKey_isRefusedToOthersAndKeptByItsHolder() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String session = node.session();
            assertThat(node.applied(new TxnOp.Lock(key, session, "a")).get(0))
                    .returns(Optional.of(session), Entry::session)
                    .returns(1L, Entry::lockIndex);
            other.refused(new TxnOp.Lock(key, other.session(), "b"));
            node.applied(new TxnOp.Lock(key, session, "c"));
            assertThat(other.get(key))
                    .returns("c", Entry::value)
                    .returns(1L, Entry::lockIndex)
                    .returns(Optional.of(session), Entry::session);
        }
    }

    @Test
    default void unlockedKey_canBeLockedAtOnce() {
        try (TestNode node = new TestNode(site());
                TestNode other = new TestNode(site())) {
            String key = key();
            String session = node.session();
            String next = other.session();
            node.applied(new TxnOp.Lock(key, session, "a"));
            other.refused(new TxnOp.Unlock(key, next, "b"));
            node.applied(new TxnOp.Unlock(key, session, "free"));
            assertThat(node.holder(key)).isEmpty();
            assertThat(node.get(key).value()).isEqualTo("free");
            assertThat(other.applied(new TxnOp.Lock(key, next, "b")).get(0).lockIndex())
                    .isEqualTo(2);
        }
    }

    @Test
    default void plainWrite_keepsTheLockAndResetsItsCount() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.applied(new TxnOp.Lock(key, session, "a"));
            node.applied(new TxnOp.Put(key, "stranger"));
            assertThat(node.get(key))
                    .returns(0L, Entry::lockIndex)
                    .returns(Optional.of(session), Entry::session);
            node.applied(new TxnOp.Unlock(key, session, "a"));
            node.applied(new TxnOp.Lock(key, session, "b"));
            Entry entry = node.get(key);
            assertThat(entry.lockIndex()).isEqualTo(1);
            node.applied(new TxnOp.Cas(key, entry.modifyIndex(), "c"));
            assertThat(node.get(key))
                    .returns(0L, Entry::lockIndex)
                    .returns(Optional.of(session), Entry::session);
        }
    }

    @Test
    default void checkSession_holdsForTheHolderOnly() {
        try (TestNode node = new TestNode(site())) {
            String key = key();
            String session = node.session();
            node.refused(new TxnOp.CheckSession(key, session));
            node.applied(new TxnOp.Lock(key, session, "a"));
            assertThat(node.applied(new TxnOp.CheckSession(key, session))).isEmpty();
            node.refused(new TxnOp.CheckSession(key, node.session()));
        }
    }
}

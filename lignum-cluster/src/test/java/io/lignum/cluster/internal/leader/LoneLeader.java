package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.sim.MemoryCoordinator;
import io.lignum.cluster.sim.MemoryNetwork;
import io.lignum.cluster.sim.Samples;
import io.lignum.cluster.sim.SimulatedLoop;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.cluster.sim.SimulatedTime;
import io.lignum.cluster.sim.Ticker;
import io.lignum.record.LogRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;
import io.lignum.storage.WrittenBatches;
import io.lignum.storage.env.Environment;
import io.lignum.storage.sim.SimulatedDisk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A leader without the node around it: its store, a coordinator, and followers that say what a test
 * makes them say. For what does not come about by itself within a simulated cluster.
 */
public final class LoneLeader implements LeaderRole.Listener {

    public static final Member SELF = Samples.A;

    private static final long SEED = Long.getLong("lignum.seed", 20261126);

    /** Records the messages that the leader sends to a follower. */
    static final class RecordedStream implements PeerStream {
        final List<Message> messages = new ArrayList<>();
        int closed;

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void send(Message message) {
            messages.add(message);
        }

        @Override
        public void close() {
            closed++;
        }

        @Override
        public String peer() {
            return "a test";
        }
    }

    public final SimulatedTime time = new SimulatedTime(SEED);
    public final MemoryCoordinator coordinators = new MemoryCoordinator(time);
    final NodeAddress address = new NodeAddress(SELF.nodeId(), 8126, 8080, 9080);
    public final SimulatedDisk disk = new SimulatedDisk(SEED);
    public final LogStore store;
    public final NodeContext context;
    public final ClusterView view;
    final LeaderRole role;
    final String session;

    @Nullable
    String deposed;

    private final Coordinator coordinator;

    /** Leads the epoch of {@link Samples#state}, with these in sync, and all of them alive. */
    public LoneLeader(int minIsr, Member... isr) {
        disk.completeOn(time);
        store = LogStore.open(
                SimulatedNode.DIRECTORY,
                StoreConfig.DEFAULT.toBuilder().reserveBytes(0).build(),
                new Environment(disk, time, time.random(), time));
        coordinator = coordinators.view(SELF.nodeId());
        context = context(coordinator);
        session = open(SELF.nodeId());
        ClusterState.Leader leader = new ClusterState.Leader(SELF, session);
        ClusterState before = Samples.state(minIsr, isr);
        ClusterState state = new ClusterState(
                before.version(),
                before.nonce(),
                before.clusterId(),
                before.epoch(),
                Optional.of(leader),
                before.isr(),
                minIsr,
                Optional.empty(),
                OptionalInt.empty());
        List<TxnOp> operations = new ArrayList<>();
        operations.add(new TxnOp.Lock(context.keys().lock(), session, "leads"));
        operations.add(new TxnOp.Cas(context.keys().state(), 0, StateJson.encode(state)));
        TxnResult.Applied applied = (TxnResult.Applied) await(coordinator.transact(operations));
        for (Member member : isr) {
            registers(member);
            lives(member.nodeId());
        }
        view = new ClusterView(context, () -> {}, () -> {});
        view.start();
        run(Duration.ofMillis(100));
        long index =
                applied.find(context.keys().state()).map(Entry::modifyIndex).orElse(0L);
        role = new LeaderRole(context, new StoredState(state, index), Set.of(), view, this);
        store.addListener(new StoreListener() {
            @Override
            public void written(TopicLog log, WrittenBatches batches, long nanos) {
                role.written(log, batches);
            }

            @Override
            public void flushed(TopicLog log, long flushedEnd) {
                role.flushed(log);
            }
        });
    }

    /** The same node with another way to the coordinator. */
    public NodeContext context(Coordinator way) {
        return new NodeContext(
                SimulatedNode.config(SELF.nodeId(), address),
                new ClusterEnvironment(
                        disk,
                        time,
                        time.random(),
                        new SimulatedLoop(time),
                        time,
                        way,
                        new MemoryNetwork(
                                        Ticker.of(time),
                                        time.random(),
                                        MemoryNetwork.Quality.ordinary())
                                .node(address)),
                store,
                failure -> {
                    throw new AssertionError("the node failed", failure);
                });
    }

    /** A session of a node whose checks pass for ever. */
    private String open(String nodeId) {
        Registration registration = new Registration(nodeId, "lignum", nodeId, 8126);
        await(coordinator.register(registration));
        pass(registration);
        run(Duration.ofMillis(100));
        return await(coordinator.openSession(
                registration, new SessionTimes(Duration.ofHours(1), Duration.ofMillis(10))));
    }

    private void pass(Registration registration) {
        var unused = coordinator.pass(registration);
        time.schedule(Duration.ofSeconds(1), () -> pass(registration));
    }

    /** The node's incarnation is this one from now on. */
    void registers(Member member) {
        NodeRecord record =
                new NodeRecord(member, new NodeAddress(member.nodeId(), 8126, 8080, 9080), false);
        await(coordinator.transact(List.of(
                new TxnOp.Put(context.keys().node(member.nodeId()), StateJson.encode(record)))));
    }

    private void lives(String nodeId) {
        String its = nodeId.equals(SELF.nodeId()) ? session : open(nodeId);
        await(coordinator.transact(
                List.of(new TxnOp.Lock(context.keys().live(nodeId), its, nodeId))));
    }

    /** The coordinator's data as an operator, or another node, may change them. */
    public Coordinator coordinator() {
        return coordinator;
    }

    ClusterState state() {
        return coordinators
                .entry(context.keys().state())
                .map(entry -> StateJson.decodeState(entry.value()))
                .orElseThrow();
    }

    TopicLog create(String name, boolean live) {
        return store.createTopic(name, TopicConfig.DEFAULT.withReplication(live, 0));
    }

    /** To a topic that is led. */
    void append(TopicLog log) {
        await(log.appendAsync(LogRecord.of("x")));
    }

    Replica join(Member member) {
        return join(member, Optional.empty());
    }

    /** As above, after a stream that the follower ended for this reason. */
    Replica join(Member member, Optional<String> failure) {
        return role.followers()
                .register(
                        new RecordedStream(),
                        new Message.Register(
                                role.epoch(), member, Samples.CLUSTER, address, failure))
                .orElseThrow();
    }

    /**
     * The follower says that it has so much of a topic durably, having been compared before if it
     * was not.
     */
    void acknowledges(Replica follower, TopicLog log, long end) {
        if (!follower.sender().isOpen(log.id())) {
            role.followers()
                    .positions(
                            follower,
                            new Message.LastBatchPositions(
                                    role.epoch(),
                                    List.of(new Message.LastBatchPosition(
                                            log.id(), 1, OptionalInt.of(role.epoch()), end))));
        }
        role.followers()
                .acks(
                        follower,
                        new Message.Acks(
                                role.epoch(), List.of(new Message.Ack(log.id(), end, end))));
    }

    public void run(Duration span) {
        time.run(span);
    }

    public <T> T await(CompletableFuture<T> future) {
        return time.await(future, Duration.ofSeconds(10));
    }

    @Override
    public void deposed(int higherEpoch, String why) {
        deposed = why;
        role.end(why);
    }

    @Override
    public void diskStalled() {}

    @Override
    public void damaged(TopicLog log, StorageException cause) {}

    @Override
    public void canTransfer() {}

    @Override
    public void committed(TopicLog log) {}

    @Override
    public void stateChanged(StoredState state) {
        view.update(state);
    }
}

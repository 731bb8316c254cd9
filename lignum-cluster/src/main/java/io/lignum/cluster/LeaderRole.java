package io.lignum.cluster;

import io.lignum.cluster.peer.Link;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a node does in an epoch that it leads: it takes followers, ships to them, counts what is committed, and keeps
 * the in-sync replicas with the coordinator.
 *
 * <p>The node's loop only, but for {@link #written} and {@link #flushed}.
 */
final class LeaderRole implements StateDriver.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderRole.class);

    private static final Duration UPKEEP = Duration.ofMillis(100);

    /** What the leader tells its node. */
    interface Listener {
        /** Proof that the lead is lost (R5). */
        void deposed(int higherEpoch, String why);

        /** The disk takes writes and does not finish them. */
        void diskStalled();

        /**
         * A log that is led cannot be read any more; it is led no longer.
         *
         * @param elsewhere another in-sync replica has it as far as a leader may promise
         */
        void damaged(TopicLog log, StorageException cause, boolean elsewhere);

        /** The high watermark of a topic moved. */
        void committed(TopicLog log);

        /** The state was changed, at this index. */
        void stateChanged(ClusterState state, long index);
    }

    private final NodeContext node;
    private final Member self;
    private final String session;
    private final UUID clusterId;
    private final ClusterView view;
    private final Listener listener;
    private final Leadership leadership;
    private final StateKeeper state;
    private final StateDriver driver;
    private final Rounds rounds;
    private final IsrPolicy policy;
    private final DiskWatch disk;
    private final TreeMap<String, FollowerHandle> followers = new TreeMap<>();
    private final Map<Member, MemberProgress> progress = new HashMap<>();
    private final Set<UUID> withheld = new HashSet<>();
    private final List<String> alarms = new ArrayList<>();
    private final long startedAt;
    private volatile FollowerHandle[] feeding = {};
    private boolean ended;

    LeaderRole(
            NodeContext node,
            Member self,
            String session,
            ClusterState elected,
            long index,
            ClusterView view,
            Listener listener) {
        this.node = node;
        this.self = self;
        this.session = session;
        this.view = view;
        this.listener = listener;
        clusterId = elected.clusterId();
        leadership = new Leadership(elected.epoch());
        state = new StateKeeper(elected, index, node::nonce);
        driver = new StateDriver(node, state, elected.epoch(), session, this);
        rounds = new Rounds(
                node, leadership, Collections.unmodifiableCollection(followers.values()));
        policy = new IsrPolicy(node.config().minInSync(), node.config().lagLimit());
        disk = new DiskWatch(node.config().lagLimit());
        startedAt = node.nowNanos();
    }

    /** Takes the lead of all logs (R10). The epoch is durable on this node. */
    void start(Iterable<TopicLog> logs) {
        for (TopicLog log : logs) {
            lead(log);
        }
        upkeep();
        rounds.start();
    }

    Leadership leadership() {
        return leadership;
    }

    /** What goes to the followers by the clock, or earlier where somebody asks for it. */
    Rounds rounds() {
        return rounds;
    }

    int epoch() {
        return leadership.epoch();
    }

    ClusterState state() {
        return state.confirmed();
    }

    /** The session that holds the leader lock. */
    String session() {
        return session;
    }

    /** A topic is here that was not before, unless the epoch began between its creation and this call. */
    void lead(TopicLog log) {
        if (leadership.topic(log) == null) {
            LedTopic topic = new LedTopic(log, self, epoch());
            leadership.add(topic);
            topic.flushed();
            advance(topic);
        }
        for (FollowerHandle follower : List.copyOf(followers.values())) {
            follower.takePostponed(log.id())
                    .ifPresent(position ->
                            positions(follower, new Message.Positions(epoch(), List.of(position))));
        }
    }

    void dropped(UUID topic) {
        withheld.remove(topic);
        stop(topic, "it is deleted");
    }

    /** This log is damaged: nobody is compared with it, and nobody becomes an in-sync replica meanwhile (R37). */
    void withhold(UUID topic) {
        withheld.add(topic);
        stop(topic, "it is damaged");
    }

    private void damaged(TopicLog log, StorageException cause) {
        LedTopic topic = leadership.topic(log);
        if (!ended && topic != null) {
            boolean elsewhere = followers.values().stream()
                    .filter(follower -> state.confirmed().hasInSync(follower.member()))
                    .anyMatch(follower ->
                            topic.isLive() || follower.hasDurably(topic.id(), topic.shipLimit()));
            withhold(log.id());
            listener.damaged(log, cause, elsewhere);
        }
    }

    /** Whether another in-sync replica is here, which has all live topics. */
    boolean isFollowedInSync() {
        return followers.values().stream()
                .anyMatch(follower -> state.confirmed().hasInSync(follower.member()));
    }

    private void stop(UUID topic, String why) {
        LedTopic gone = leadership.remove(topic);
        if (gone != null) {
            gone.end(why);
            followers.values().forEach(follower -> follower.feed().stop(topic));
            progress.values().forEach(member -> member.dropped(topic));
        }
    }

    /** The topic's settings changed: perhaps its mode. */
    void configured(TopicLog log) {
        LedTopic topic = leadership.topic(log);
        if (topic != null) {
            topic.configure();
            for (FollowerHandle follower : followers.values()) {
                replay(follower.member(), topic);
                follower.committed(topic.id());
                follower.feed().wake(topic);
            }
            advance(topic);
        }
    }

    /** What a member said before the topic became live counts now: it was of this epoch, too. */
    private void replay(Member member, LedTopic topic) {
        topic.acknowledged(member, progress(member).acknowledged(topic.id()));
    }

    private MemberProgress progress(Member member) {
        return progress.computeIfAbsent(member, unseen -> new MemberProgress(startedAt));
    }

    // ---- followers

    /** A node asks to follow. */
    Optional<FollowerHandle> register(Link link, Message.Register request) {
        Member who = request.follower();
        if (!request.clusterId().equals(clusterId)) {
            refuse(link, Message.Refused.Reason.WRONG_CLUSTER, "this is cluster " + clusterId);
            return Optional.empty();
        }
        if (request.epoch() != epoch() || who.nodeId().equals(self.nodeId())) {
            refuse(link, Message.Refused.Reason.NOT_LEADER, "this node leads epoch " + epoch());
            if (request.epoch() > epoch()) {
                listener.deposed(request.epoch(), who + " is at epoch " + request.epoch());
            } else if (who.nodeId().equals(self.nodeId())) {
                LOG.error("another node calls itself {}, too, at {}", who.nodeId(), link.peer());
            }
            return Optional.empty();
        }
        FollowerHandle before = followers.remove(who.nodeId());
        if (before != null) {
            before.end();
        }
        FollowerHandle handle = new FollowerHandle(node, epoch(), who, link, this::damaged);
        followers.put(who.nodeId(), handle);
        publishFeeds();
        LOG.info("{} follows, from {}", who, link.peer());
        handle.welcome(self);
        return Optional.of(handle);
    }

    private void refuse(Link link, Message.Refused.Reason reason, String text) {
        link.send(new Message.Refused(epoch(), reason, text));
        link.close();
    }

    void positions(FollowerHandle from, Message.Positions message) {
        from.heard();
        List<Message.Parting> partings = new ArrayList<>();
        for (Message.Position position : message.positions()) {
            LedTopic topic = leadership.topic(position.topic());
            if (topic == null) {
                from.postpone(position); // Deleted; or the follower was quicker to carry out its
                // creation.
                continue;
            }
            long vouched = progress(from.member()).acknowledged(topic.id());
            if (position.endOffset() < vouched) {
                dataLost(from, topic, position.endOffset(), vouched);
                return;
            }
            partings.add(from.part(topic, position));
        }
        if (!partings.isEmpty()) {
            from.link().send(new Message.Partings(epoch(), partings));
        }
    }

    private void dataLost(FollowerHandle from, LedTopic topic, long end, long vouched) {
        String text = "topic " + topic.log().name() + " ends at offset " + end + ", but "
                + from.member() + " acknowledged " + vouched + " in epoch " + epoch();
        alarm(from.member() + " lost data: " + text);
        forget(from);
        refuse(from.link(), Message.Refused.Reason.DATA_LOST, text);
        from.end();
    }

    void acks(FollowerHandle from, Message.Acks message) {
        if (followers.get(from.member().nodeId()) != from) {
            return;
        }
        for (Message.Ack ack : message.acks()) {
            LedTopic topic = leadership.topic(ack.topic());
            if (topic != null) {
                from.acknowledged(topic, ack);
                progress(from.member()).acknowledged(topic.id(), ack.durableEnd(), node.nowNanos());
                topic.acknowledged(from.member(), ack.durableEnd());
                advance(topic);
            }
        }
    }

    void gone(FollowerHandle follower) {
        follower.end();
        if (forget(follower)) {
            LOG.info("{} does not follow any more", follower.member());
        }
    }

    private boolean forget(FollowerHandle follower) {
        boolean known = followers.remove(follower.member().nodeId(), follower);
        if (known) {
            publishFeeds();
        }
        return known;
    }

    private void publishFeeds() {
        feeding = followers.values().toArray(new FollowerHandle[0]);
    }

    // ---- the log's events, on the engine's threads

    /** A log has more to ship. Any thread, quick. */
    void written(TopicLog log) {
        LedTopic topic = leadership.topic(log);
        if (topic != null && topic.isLive()) {
            for (FollowerHandle follower : feeding) {
                follower.feed().wake(topic);
            }
        }
    }

    /** A log's disk has more. Any thread, quick. */
    void flushed(TopicLog log) {
        LedTopic topic = leadership.topic(log);
        if (topic != null && topic.isLive() && topic.claimFlush()) {
            node.onLoop(() -> {
                topic.flushTaken();
                topic.flushed();
                advance(topic);
            });
        }
    }

    // ---- commit

    private void advance(LedTopic topic) {
        ClusterState confirmed = state.confirmed();
        if (ended || !topic.advance(state.counted(), confirmed.isr().size(), confirmed.minIsr())) {
            return;
        }
        rounds.committed(topic);
        listener.committed(topic.log());
    }

    private void advanceAll() {
        leadership.topics().forEach(this::advance);
    }

    // ---- by the clock

    private void upkeep() {
        if (ended) {
            return;
        }
        leadership.counts(countResponsive(), state.confirmed().minIsr());
        leadership.topics().forEach(topic -> topic.expire(node.nowNanos()));
        followers.values().forEach(follower -> stalledNanos(follower.member(), true));
        if (state.isIdle()) {
            keepIsr();
        }
        if (disk.isStalled(leadership.topics(), node.nowNanos())) {
            listener.diskStalled();
            return;
        }
        node.later(UPKEEP, this::upkeep);
    }

    private int countResponsive() {
        int count = 0;
        long limit = node.config().heartbeatTimeout().toNanos();
        for (Member member : state.confirmed().isr()) {
            FollowerHandle follower = followers.get(member.nodeId());
            boolean answers = follower != null
                    && follower.member().equals(member)
                    && follower.silentNanos() < limit
                    && view.isAlive(member.nodeId());
            count += answers || member.equals(self) ? 1 : 0;
        }
        return count;
    }

    private void keepIsr() {
        for (FollowerHandle follower : followers.values()) {
            if (policy.add(state.confirmed(), standing(follower), view.size(), "")
                    .isPresent()) {
                var unused = change(current ->
                        policy.add(current, standing(follower), view.size(), node.nonce()));
                return;
            }
        }
        if (IsrPolicy.remove(state.confirmed(), this::isLost, self.nodeId(), "").isPresent()) {
            var unused = change(current ->
                    IsrPolicy.remove(current, this::isLost, self.nodeId(), node.nonce()));
        }
    }

    private boolean isLost(Member member) {
        FollowerHandle follower = followers.get(member.nodeId());
        if (follower != null) { // Perhaps as another incarnation, and then this one is no more.
            return !follower.member().equals(member) || policy.isLost(standing(follower));
        }
        // It may live and not reach this leader: what it lacks would hold all commits up for ever.
        return !view.isAlive(member.nodeId())
                || stalledNanos(member, false) > node.config().lagLimit().toNanos();
    }

    private long stalledNanos(Member member, boolean present) {
        return progress(member).stalledNanos(leadership.topics(), present, node.nowNanos());
    }

    private IsrPolicy.Standing standing(FollowerHandle follower) {
        Member member = follower.member();
        NodeRecord record = view.find(member.nodeId());
        return new IsrPolicy.Standing(
                member,
                record != null && record.member().equals(member),
                withheld.isEmpty()
                        && leadership.topics().stream().allMatch(topic -> topic.isInSync(member)),
                stalledNanos(member, true),
                view.isAlive(member.nodeId()),
                record != null && record.decommissioned());
    }

    // ---- the cluster's state

    /** Changes the state when its turn comes; completes on the loop, when that is confirmed. */
    CompletableFuture<ClusterState> change(StateKeeper.Change change) {
        return driver.change(change);
    }

    /** Nobody seems to hold the lock, which is known to be so only once a consistent read shows it. */
    void checkLock() {
        driver.checkLock();
    }

    /** The lock is being released by a hand-over, which says itself what came of it. */
    void releasing(boolean now) {
        driver.releasing(now);
    }

    @Override
    public void deposed(int higherEpoch, String why) {
        listener.deposed(higherEpoch, why);
    }

    @Override
    public void settled(long index) {
        ClusterState confirmed = state.confirmed();
        LOG.info(
                "In-sync replicas of epoch {}: {}, at least {}",
                epoch(),
                confirmed.isr(),
                confirmed.minIsr());
        listener.stateChanged(confirmed, index);
        leadership.counts(countResponsive(), confirmed.minIsr());
        advanceAll();
    }

    // ---- what others ask

    /** Whether all that was appended to live topics is committed. */
    boolean isQuiet() {
        return leadership.topics().stream().allMatch(LedTopic::isQuiet);
    }

    /** Whether a node has all that this one has, wal topics included. */
    boolean hasEverything(String nodeId) {
        FollowerHandle follower = followers.get(nodeId);
        return follower != null
                && leadership.topics().stream()
                        .allMatch(topic ->
                                follower.hasDurably(topic.id(), topic.log().logEndOffset()));
    }

    Set<String> followerIds() {
        return followers.keySet();
    }

    Optional<FollowerHandle> follower(String nodeId) {
        return Optional.ofNullable(followers.get(nodeId));
    }

    List<String> alarms() {
        List<String> all = new ArrayList<>(alarms);
        ClusterState confirmed = state.confirmed();
        if (confirmed.isr().size() < policy.target(view.size())) {
            all.add("only " + confirmed.isr().size() + " of " + view.size() + " nodes are in sync: "
                    + confirmed.isr());
        }
        if (!state.isSettled()) {
            all.add("the coordinator has not confirmed a change of the in-sync replicas");
        }
        return all;
    }

    private void alarm(String text) {
        LOG.error("{}", text);
        alarms.add(text);
    }

    /** The epoch is over for this node: pending appends may be committed by the next leader, or not (R5). */
    void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        leadership.end(why);
        leadership.topics().forEach(topic -> topic.log().follow());
        leadership.topics().forEach(topic -> topic.end(why));
        driver.end(why);
        rounds.end();
        new ArrayList<>(followers.values()).forEach(FollowerHandle::end);
        followers.clear();
        publishFeeds();
    }
}

package io.lignum.cluster.internal.election;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.LogLength;
import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.LogStore;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether an operator may continue the cluster with this node's data, from the members'
 * answers (R38). Without {@code unclean} only if no committed record can be lost:
 *
 * <ul>
 *   <li>every known member answered: one that did not may be the only one that knows newer in-sync
 *       replicas;
 *   <li>this node is one of the newest in-sync replicas that any of them knows;
 *   <li>fewer than min_isr of these lost their data, so that no set of in-sync replicas is
 *       forgotten by all;
 *   <li>none of these has more records.
 * </ul>
 *
 * @param known merged from this node's file, the coordinator's registrations and all answers
 * @param state the coordinator's; null if it is lost or damaged
 */
public record RecoveryCheck(
        NodeIdentity self,
        LogStore store,
        @Nullable ClusterState state,
        Membership known,
        List<PeerResponse.Progress> answers) {

    /** The reason why not, and what the operator can do; empty if the recovery is allowed. */
    public Optional<String> refusal(boolean unclean) {
        if (self.clusterId().isEmpty()) {
            return Optional.of("this node has not been part of a cluster");
        }
        if (answers.stream().anyMatch(PeerResponse.Progress::leading)) {
            return Optional.of("a node leads, so there is nothing to recover");
        }
        return unclean ? Optional.empty() : refusalUnlessUnclean();
    }

    private Optional<String> refusalUnlessUnclean() {
        if (!isStateLost()) {
            return Optional.of("the coordinator has the cluster's state, and in-sync replicas "
                    + "can be elected. If none of them comes back, recover with --unclean");
        }
        if (!unanswered().isEmpty()) {
            return Optional.of("no answer from " + String.join(", ", unanswered())
                    + ": records that were committed may be only there. Start them and recover"
                    + " again. If they are lost for good, recover with --unclean: what only they"
                    + " have is lost then");
        }
        if (!known.isKnown()) {
            return Optional.of("no node has a file " + MembersFile.NAME + ", which lists the"
                    + " cluster's members (earlier releases write none): whether all of them"
                    + " answered cannot be known. Start all nodes; then recover with --unclean on"
                    + " the one that is furthest: what only others have is lost then");
        }
        if (!known.inSync().contains(self.self())) {
            return Optional.of("this node was not in sync, and may lack committed records: recover"
                    + " on one of " + ids(known.inSync()) + ". If none of them has its data,"
                    + " recover with --unclean, which may lose committed records");
        }
        List<String> emptied = emptied();
        if (emptied.size() >= known.minIsr()) {
            return Optional.of(String.join(", ", emptied) + " lost the data they had: committed"
                    + " records may have been only there. Recover with --unclean, which accepts"
                    + " that, on the node with the longest logs");
        }
        return longer().map(id -> "node " + id + " has more records: recover there");
    }

    /** Whether the state is lost, restored from a copy, or older than what a node has seen. */
    private boolean isStateLost() {
        return state == null
                || self.isOlder(state.epoch(), state.version())
                || known.epoch() > state.epoch()
                || answers.stream().anyMatch(answer -> answer.epoch() > state.epoch());
    }

    /** The members that did not answer, with their addresses. */
    public List<String> unanswered() {
        return known.members().stream()
                .filter(member -> !member.nodeId().equals(self.self().nodeId()))
                .filter(member -> answers.stream()
                        .noneMatch(answer -> answer.node().nodeId().equals(member.nodeId())))
                .map(member -> member.nodeId() + " (" + member.address().host() + ":"
                        + member.address().internalPort() + ")")
                .toList();
    }

    private static String ids(List<Member> members) {
        return String.join(", ", members.stream().map(Member::nodeId).toList());
    }

    /**
     * In-sync replicas that answered with a new incarnation, or without a cluster: they lost their
     * data.
     */
    private List<String> emptied() {
        List<String> emptied = new ArrayList<>();
        for (PeerResponse.Progress answer : answers) {
            String id = answer.node().nodeId();
            Optional<Member> inSync = known.findInSync(id);
            boolean another = inSync.isPresent() && !inSync.get().equals(answer.node());
            if (another || !answer.membership().isKnown()) {
                emptied.add(id);
            }
        }
        return emptied;
    }

    /** Records that only a node outside the in-sync replicas has were never committed. */
    private Optional<String> longer() {
        LogLength mine = LogLength.ofLive(LogLength.ends(store), store);
        return answers.stream()
                .filter(other -> known.inSync().contains(other.node()))
                .filter(other -> LogLength.ofLive(other.ends(), store).isLongerThan(mine))
                .map(other -> other.node().nodeId())
                .findFirst();
    }

    public int highestEpoch() {
        int epoch = Math.max(self.epoch(), known.epoch());
        epoch = Math.max(epoch, state == null ? 0 : state.epoch());
        for (PeerResponse.Progress answer : answers) {
            epoch = Math.max(epoch, answer.epoch());
        }
        return epoch;
    }

    public long highestVersion() {
        long version = Math.max(self.seenVersion(), known.version());
        version = Math.max(version, state == null ? 0 : state.version());
        for (PeerResponse.Progress answer : answers) {
            version = Math.max(version, answer.seenVersion());
        }
        return version;
    }
}

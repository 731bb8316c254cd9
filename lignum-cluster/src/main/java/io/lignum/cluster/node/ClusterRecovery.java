package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.election.RecoveryCheck;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.peer.Membership;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Executes an operator's command to continue the cluster with this node's data (R2, R22, R38). It
 * asks every member that this node, the coordinator or another member knows for its log ends. Then
 * {@link RecoveryCheck} decides: either the cluster's state is replaced with an epoch above all
 * known ones, or the command is refused with the reason.
 *
 * <p>One object per command; the node loop only.
 */
final class ClusterRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterRecovery.class);

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /**
     * Distance to the highest known epoch if a member did not answer, since that member may have
     * seen higher ones.
     */
    private static final int EPOCHS_UNSEEN = 1_000;

    private final NodeContext context;
    private final ClusterKnowledge knowledge;
    private final RoleHolder roles;
    private final boolean unclean;
    private final Runnable recovered;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final Set<String> asked = new HashSet<>();
    private final List<PeerResponse.Progress> answers = new ArrayList<>();
    private Membership known;

    /**
     * Sends nothing yet.
     *
     * @param unclean whether the loss of committed records is accepted
     * @param recovered runs on the node loop once the coordinator has the new state
     */
    ClusterRecovery(
            NodeContext context,
            ClusterKnowledge knowledge,
            RoleHolder roles,
            boolean unclean,
            Runnable recovered) {
        this.context = context;
        this.knowledge = knowledge;
        this.roles = roles;
        this.unclean = unclean;
        this.recovered = recovered;
        known = knowledge.members().known();
        asked.add(knowledge.nodeId());
    }

    /**
     * Completes when the coordinator has this node's state; fails with a message that says what to
     * do.
     */
    CompletableFuture<Void> start() {
        if (roles.leading() != null) {
            return refuse("this node leads, so there is nothing to recover");
        }
        context.onLoop(context.coordinator().read(context.keys().state()), (entry, failure) -> {
            if (entry == null) {
                result.completeExceptionally(new ClusterException.CoordinatorUnavailable(
                        "the cluster's state cannot be read", failure));
            } else {
                known = known.merge(registered());
                ask(entry.orElse(null));
            }
        });
        return result;
    }

    /** The nodes that have registered with the coordinator since it lost its data. */
    private Membership registered() {
        return new Membership(
                0,
                0,
                1,
                List.of(),
                knowledge.view().nodes().entrySet().stream()
                        .map(one -> new Membership.Known(
                                one.getKey(),
                                one.getValue().address(),
                                one.getValue().decommissioned()))
                        .toList());
    }

    /** Asks the known members that were not asked before; their answers may name further ones. */
    private void ask(@Nullable Entry entry) {
        NodeIdentity self = knowledge.identity();
        PeerRequest question = new PeerRequest.LogEndRequest(self.self(), self.epoch());
        List<CompletableFuture<Optional<PeerResponse.Progress>>> round = new ArrayList<>();
        for (Membership.Known member : known.members()) {
            if (asked.add(member.nodeId())) {
                round.add(context.network()
                        .ask(member.address(), question, ASK_TIMEOUT)
                        .handle((answer, failure) ->
                                answer instanceof PeerResponse.Progress progress
                                                && progress.node().nodeId().equals(member.nodeId())
                                        ? Optional.of(progress)
                                        : Optional.empty()));
            }
        }
        if (round.isEmpty()) {
            decide(entry);
            return;
        }
        context.onLoop(
                CompletableFuture.allOf(round.toArray(CompletableFuture<?>[]::new)),
                (all, failure) -> {
                    round.forEach(each -> each.join().ifPresent(this::answered));
                    ask(entry);
                });
    }

    private void answered(PeerResponse.Progress answer) {
        answers.add(answer);
        known = known.merge(answer.membership());
    }

    private void decide(@Nullable Entry entry) {
        if (roles.leading() != null) {
            var unused = refuse("this node leads, so there is nothing to recover");
            return;
        }
        ClusterState state = entry == null // A damaged state counts as lost.
                ? null
                : StateJson.findState(entry.value()).orElse(null);
        RecoveryCheck check = new RecoveryCheck(
                knowledge.identity(), context.store(), state, known, List.copyOf(answers));
        Optional<String> refusal = check.refusal(unclean);
        if (refusal.isPresent()) {
            var unused = refuse(refusal.get());
            return;
        }
        int gap = check.unanswered().isEmpty() ? 0 : EPOCHS_UNSEEN;
        if (gap > 0) {
            LOG.warn(
                    "Recovering without a response of {}: records that only they have are lost",
                    check.unanswered());
        }
        int epoch = check.highestEpoch() + 1 + gap;
        context.onLoop(keepOut(), (done, trouble) -> {
            if (trouble != null) {
                result.completeExceptionally(trouble);
            } else {
                write(entry, state, epoch, check.highestVersion() + 1);
            }
        });
    }

    /**
     * Marks decommissioned nodes as such in the coordinator, which may have lost that. This comes
     * before the new state, so that no leader can add such a node.
     */
    private CompletableFuture<Void> keepOut() {
        CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        for (Membership.Known one : known.nodes()) {
            if (one.decommissioned()) {
                written = written.thenCompose(
                        done -> knowledge.registry().decommission(one.nodeId()));
            }
        }
        return written;
    }

    private CompletableFuture<Void> refuse(String why) {
        result.completeExceptionally(new ClusterException.FailedPrecondition(why));
        return result;
    }

    private void write(
            @Nullable Entry entry, @Nullable ClusterState state, int epoch, long version) {
        NodeIdentity self = knowledge.identity();
        ClusterState clean = ClusterState.recovered(
                version, self.clusterId().orElseThrow(), self.self(), epoch, context.nonce());
        ClusterState replaced = unclean ? clean.unclean() : clean;
        LOG.warn("Recovering the cluster from this node's data: {} -> {}", state, replaced);
        TxnOp cas = new TxnOp.Cas(
                context.keys().state(),
                entry == null ? 0 : entry.modifyIndex(),
                StateJson.encode(replaced));
        context.onLoop(context.coordinator().transact(List.of(cas)), (answer, failure) -> {
            if (answer instanceof TxnResult.Applied) {
                recovered.run();
                result.complete(null);
            } else {
                result.completeExceptionally(new ClusterException.CoordinatorUnavailable(
                        "the coordinator did not take the state: " + answer, failure));
            }
        });
    }
}

package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.election.RecoveryCheck;
import io.lignum.cluster.internal.state.ClusterState;
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
 * An operator's command that this node's data is what the cluster goes on with (R2, R22, R38). Asks
 * every member that this node, the coordinator or another member knows, then replaces the cluster's
 * state, or refuses: {@link RecoveryCheck} says why.
 *
 * <p>One command each; the node's loop only.
 */
final class ClusterRecovery {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterRecovery.class);

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(1);

    /** Above what members that did not answer may have seen: their epochs must not come again. */
    private static final int EPOCHS_UNSEEN = 1_000;

    private final Node node;
    private final boolean unclean;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private final Set<String> asked = new HashSet<>();
    private final List<PeerResponse.Progress> answers = new ArrayList<>();
    private Membership known;

    /**
     * Asks nobody yet.
     *
     * @param unclean committed records may be lost by it
     */
    ClusterRecovery(Node node, boolean unclean) {
        this.node = node;
        this.unclean = unclean;
        known = node.members().known();
        asked.add(node.identity().self().nodeId());
    }

    /** Completes when the cluster's state is this node's, or fails and says what to do next. */
    CompletableFuture<Void> start() {
        if (node.roles().leading() != null) {
            return refuse("this node leads: nothing is to be recovered");
        }
        node.context()
                .onLoop(
                        node.context().coordinator().read(node.context().keys().state()),
                        (entry, failure) -> {
                            if (entry == null) {
                                result.completeExceptionally(
                                        new ClusterException.CoordinatorUnavailable(
                                                "the cluster's state cannot be read", failure));
                            } else {
                                known = known.merge(registered());
                                ask(entry.orElse(null));
                            }
                        });
        return result;
    }

    /** Whoever registered with the coordinator since it lost its data, too. */
    private Membership registered() {
        return new Membership(
                0,
                0,
                1,
                List.of(),
                node.view().nodes().entrySet().stream()
                        .map(one -> new Membership.Known(
                                one.getKey(),
                                one.getValue().address(),
                                one.getValue().decommissioned()))
                        .toList());
    }

    /** Asks all that were not asked yet; their answers may name further ones. */
    private void ask(@Nullable Entry entry) {
        NodeIdentity self = node.identity();
        PeerRequest question = new PeerRequest.LogEndRequest(self.self(), self.epoch());
        List<CompletableFuture<Optional<PeerResponse.Progress>>> round = new ArrayList<>();
        for (Membership.Known member : known.members()) {
            if (asked.add(member.nodeId())) {
                round.add(node.context()
                        .network()
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
        node.context()
                .onLoop(
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
        if (node.roles().leading() != null) {
            var unused = refuse("this node leads: nothing is to be recovered");
            return;
        }
        ClusterState state = entry == null // A damaged one is lost, too.
                ? null
                : StateJson.findState(entry.value()).orElse(null);
        RecoveryCheck check = new RecoveryCheck(
                node.identity(), node.context().store(), state, known, List.copyOf(answers));
        Optional<String> refusal = check.refusal(unclean);
        if (refusal.isPresent()) {
            var unused = refuse(refusal.get());
            return;
        }
        int gap = check.unanswered().isEmpty() ? 0 : EPOCHS_UNSEEN;
        if (gap > 0) {
            LOG.warn(
                    "Recovering without an answer of {}: what only they have is lost",
                    check.unanswered());
        }
        int epoch = check.highestEpoch() + 1 + gap;
        node.context().onLoop(keepOut(), (done, trouble) -> {
            if (trouble != null) {
                result.completeExceptionally(trouble);
            } else {
                write(entry, state, epoch, check.highestVersion() + 1);
            }
        });
    }

    /**
     * Nodes that were decommissioned stay out although the coordinator lost that, too: it is
     * written before there is a leader that could take them in.
     */
    private CompletableFuture<Void> keepOut() {
        CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        for (Membership.Known one : known.nodes()) {
            if (one.decommissioned()) {
                written = written.thenCompose(done -> node.registry().decommission(one.nodeId()));
            }
        }
        return written;
    }

    private CompletableFuture<Void> refuse(String why) {
        result.completeExceptionally(new ClusterException.NotCaughtUp(why));
        return result;
    }

    private void write(
            @Nullable Entry entry, @Nullable ClusterState state, int epoch, long version) {
        NodeIdentity self = node.identity();
        ClusterState recovered = ClusterState.recovered(
                version,
                self.clusterId().orElseThrow(),
                self.self(),
                epoch,
                unclean,
                node.context().nonce());
        LOG.warn("Recovering the cluster from this node's data: {} -> {}", state, recovered);
        TxnOp cas = new TxnOp.Cas(
                node.context().keys().state(),
                entry == null ? 0 : entry.modifyIndex(),
                StateJson.encode(recovered));
        node.context()
                .onLoop(node.context().coordinator().transact(List.of(cas)), (answer, failure) -> {
                    if (answer instanceof TxnResult.Applied) {
                        node.recovered();
                        result.complete(null);
                    } else {
                        result.completeExceptionally(new ClusterException.CoordinatorUnavailable(
                                "the coordinator did not take the state: " + answer, failure));
                    }
                });
    }
}

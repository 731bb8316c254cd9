package io.lignum.cluster.node;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.internal.state.StoredMembers;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.Member;
import io.lignum.record.IoErrors;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;
import io.lignum.storage.env.Disk;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads a node's data directory at start: who the node is, and whether it may take part in a
 * cluster (R2).
 *
 * @param mayFound whether it may become the first node of a new cluster
 * @param mayJoin whether it may join a cluster that it was not part of before
 */
record NodeFiles(
        NodeIdentityFile file,
        NodeIdentity identity,
        TopicLog metadata,
        StoredMembers members,
        boolean mayFound,
        boolean mayJoin) {

    static NodeFiles open(LogStore store, ClusterConfig config, NodeContext context, Disk disk) {
        try {
            NodeIdentityFile file = new NodeIdentityFile(disk, config.directory());
            Optional<NodeIdentity> known = file.read();
            boolean data = store.topics().stream()
                    .anyMatch(log -> !InternalTopics.isOfCluster(log.name()));
            boolean marked = disk.exists(config.directory().resolve(ClusterInit.MARKER));
            boolean stranger = known.flatMap(NodeIdentity::clusterId).isEmpty();
            if (stranger && data && !marked) {
                throw new ClusterStartException("data directory " + config.directory()
                        + " holds topics of a standalone node. To make it the first node of a new"
                        + " cluster, run `lignum cluster init --config FILE` once; to join a"
                        + " cluster,"
                        + " start with an empty directory");
            }
            known.ifPresent(identity -> checkId(identity, config));
            NodeIdentity identity = known.orElseGet(() -> fresh(config, context));
            List<TopicLog> losers = losers(store);
            if (!losers.isEmpty()) {
                identity = identity.withIncarnation(context.newId());
            }
            if (!known.equals(Optional.of(identity))) {
                file.write(identity);
            }
            // Last: with the old incarnation and a lower high watermark the node would guarantee
            // records that it has lost.
            losers.forEach(log -> log.resetHighWatermark(OptionalLong.of(log.logEndOffset())));
            MembersFile members = new MembersFile(disk, config.directory());
            return new NodeFiles(
                    file,
                    identity,
                    TopicCatalog.open(store),
                    new StoredMembers(members, members.read()),
                    stranger && (!data || marked),
                    !data);
        } catch (IOException e) {
            throw new ClusterStartException(
                    "data directory " + config.directory() + ": " + IoErrors.describe(e), e);
        }
    }

    private static void checkId(NodeIdentity identity, ClusterConfig config) {
        String kept = identity.self().nodeId();
        if (config.nodeId().filter(wanted -> !wanted.equals(kept)).isPresent()) {
            throw new ClusterStartException("node.id is " + config.nodeId().get()
                    + ", but data directory " + config.directory() + " belongs to node " + kept
                    + ": set node.id to that, or use another directory");
        }
    }

    private static NodeIdentity fresh(ClusterConfig config, NodeContext context) {
        String id = config.nodeId().orElseGet(() -> "node-" + context.nonce());
        return NodeIdentity.fresh(new Member(id, context.newId()));
    }

    /**
     * Logs of {@code live} topics that end below their high watermark: the node lost what it
     * guaranteed (R1). Damaged ones are left to the quarantine, because no other node may have what
     * is left of them (R37).
     */
    private static List<TopicLog> losers(LogStore store) {
        return store.topics().stream()
                .filter(log -> log.damage() == null)
                .filter(log -> log.highWatermark().orElse(0) > log.logEndOffset())
                .toList();
    }
}

package io.lignum.cluster;

import io.lignum.cluster.peer.NodeAddress;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of a node in a cluster. Immutable.
 *
 * @param nodeId empty: generated once and kept in the data directory
 * @param clusterName part of the coordinator's keys; letters, digits, '.', '_' and '-'
 * @param leaderKey key of the leader lock, for example {@code service/lignum/key/master}
 * @param serviceName the name under which the nodes register with the coordinator
 * @param address how other nodes and clients reach this node
 * @param directory the store's directory, where the node's identity is kept too
 * @param minInSync least number of nodes that must hold a live record; empty: a majority, growing
 *     with the number of nodes
 * @param sessionTtl of the session with the coordinator; at least 10 s
 * @param sessionRenewal longest time between renewals; at most {@code sessionTtl}
 * @param lockDelay how long a lost leader lock cannot be taken
 * @param electionPause between attempts to be elected
 * @param heartbeat pause between the leader's heartbeats
 * @param heartbeatTimeout without an answer for this long a follower is not responsive
 * @param leaderCheck pause between a follower's attempts to register with its leader
 * @param queueSize messages sent to a follower and not yet acknowledged; above it the leader waits
 * @param sendTimeout a live message not acknowledged for this long makes its follower lagging
 * @param lagLimit a follower that is behind in a live topic and makes no durable progress for this
 *     long leaves the in-sync replicas
 * @param walSyncInterval pause between rounds of shipping {@code wal} topics
 * @param commitTimeout a live append that is not committed for this long ends with outcome UNKNOWN
 */
public record ClusterConfig(
        Optional<String> nodeId,
        String clusterName,
        String leaderKey,
        String serviceName,
        NodeAddress address,
        Path directory,
        OptionalInt minInSync,
        Duration sessionTtl,
        Duration sessionRenewal,
        Duration lockDelay,
        Duration electionPause,
        Duration heartbeat,
        Duration heartbeatTimeout,
        Duration leaderCheck,
        int queueSize,
        Duration sendTimeout,
        Duration lagLimit,
        Duration walSyncInterval,
        Duration commitTimeout) {}

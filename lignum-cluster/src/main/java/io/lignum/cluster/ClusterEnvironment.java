package io.lignum.cluster;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.EngineClock;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything a node of a cluster needs from outside, besides its store.
 *
 * @param disk holds the node's identity, in the directory of its store
 * @param loop owns the node's state
 * @param io runs what blocks on the disk; bounded; never runs a task inside {@code execute}
 */
public record ClusterEnvironment(
        Disk disk,
        EngineClock clock,
        RandomGenerator random,
        Loop loop,
        Executor io,
        Coordinator coordinator,
        Network network) {}

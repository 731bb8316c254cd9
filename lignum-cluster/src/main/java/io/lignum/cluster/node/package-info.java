/**
 * A node of a cluster: its roles, the transitions between them, and the entry points for users,
 * peers and operators. {@link io.lignum.cluster.node.ClusterNode} is the public API, for any
 * thread; the other classes are package-private as far as tests permit, and run on the node loop
 * unless stated otherwise.
 */
@NullMarked
package io.lignum.cluster.node;

import org.jspecify.annotations.NullMarked;

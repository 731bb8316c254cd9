/**
 * A node of a cluster and its life: which role it has, how it changes between roles, and the entry
 * points for users, peers and operators. {@link io.lignum.cluster.node.ClusterNode} is the public
 * API, for any thread; the rest is package-private as far as tests permit and runs on the node's
 * loop, except what says otherwise.
 */
@NullMarked
package io.lignum.cluster.node;

import org.jspecify.annotations.NullMarked;

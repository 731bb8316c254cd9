/**
 * The values of a cluster's public API: settings, status, errors, and the result of an append. They
 * depend only on the interfaces {@code coordinator} and {@code peer}. The entry point is
 * {@link io.lignum.cluster.node.ClusterNode}. Layers, each of which uses only those after it:
 * {@code node}; {@code internal.leader}, {@code internal.follower} and {@code internal.election},
 * which do not know each other; {@code internal.topics}; {@code internal.state}. The interfaces
 * {@code coordinator} and {@code peer} are implemented by {@code consul} and {@code transport}. The
 * packages below {@code internal} are not for users.
 */
@NullMarked
package io.lignum.cluster;

import org.jspecify.annotations.NullMarked;

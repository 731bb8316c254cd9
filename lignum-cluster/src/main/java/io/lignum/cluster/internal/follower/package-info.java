/**
 * The role of a node in an epoch that another node leads: connects to the leader, reconciles its
 * logs with the leader's, appends what the leader sends, and acknowledges what is flushed. The
 * node loop only, unless stated otherwise.
 */
@NullMarked
package io.lignum.cluster.internal.follower;

import org.jspecify.annotations.NullMarked;

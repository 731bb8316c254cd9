package io.lignum.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What a node is at the moment: it leads, or it follows, or neither. For parts of it that do not care when that changes.
 *
 * <p>The node's loop only, but for {@link #leading}.
 */
interface Roles {

    /** Null: it does not lead. Any thread. */
    @Nullable
    LeaderRole leading();

    /** There when it leads. */
    @Nullable
    TopicCommands commands();

    /** There when it leads. */
    @Nullable
    ReadBarrier barrier();

    /** Null: it does not follow. */
    @Nullable
    FollowerRole following();
}

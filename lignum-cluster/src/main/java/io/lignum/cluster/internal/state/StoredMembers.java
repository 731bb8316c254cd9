package io.lignum.cluster.internal.state;

import io.lignum.cluster.peer.Membership;

/**
 * The cluster's members as this node has stored them.
 *
 * @param content what the file contained when it was read
 */
public record StoredMembers(MembersFile file, Membership content) {}

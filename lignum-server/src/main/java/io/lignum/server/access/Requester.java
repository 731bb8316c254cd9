package io.lignum.server.access;

import io.lignum.access.Identity;

/**
 * Who made a call, and from where.
 *
 * @param address for the audit log
 */
public record Requester(Identity identity, String address) {

    /** The program that embeds the node. */
    public static final Requester OWNER = new Requester(Identity.OWNER, "this process");
}

package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Principal;
import io.lignum.access.ResourcePattern;

import java.time.Instant;

/**
 * Calls that mode on would have refused.
 *
 * @param principal {@link Principal#ANONYMOUS}: the callers did not log in
 * @param address of the last of them
 */
public record MissingGrant(
        Principal principal,
        Action action,
        ResourcePattern resource,
        long calls,
        Instant last,
        String address) {}

package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.ResourcePattern;
import io.lignum.server.access.Requester;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers what mode observe served and mode on would refuse, since the start of the node.
 * Bounded: what was not asked for longest is forgotten first. Any thread.
 */
final class MissingGrants {

    static final int MAX_ENTRIES = 1_000;

    private record Key(Principal principal, Action action, Resource resource) {}

    private record Seen(long calls, Instant last, String address) {}

    private final InstantSource clock;

    /** Guarded by this. */
    private final Map<Key, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Seen> eldest) {
            return size() > MAX_ENTRIES;
        }
    };

    MissingGrants(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void add(Requester requester, Action action, Resource resource) {
        if (!ResourcePattern.isValid(resource.type(), resource.name(), false)) {
            return; // No grant can name it.
        }
        Key key = new Key(requester.identity().principal(), action, resource);
        Seen before = seen.get(key);
        long calls = before == null ? 1 : before.calls + 1;
        seen.put(key, new Seen(calls, clock.instant(), requester.address()));
    }

    /** What was remembered, the last call last. */
    synchronized List<MissingGrant> all() {
        List<MissingGrant> all = new ArrayList<>();
        seen.forEach((key, calls) -> all.add(new MissingGrant(
                key.principal,
                key.action,
                new ResourcePattern(key.resource.type(), key.resource.name(), false),
                calls.calls,
                calls.last,
                calls.address)));
        return all;
    }
}

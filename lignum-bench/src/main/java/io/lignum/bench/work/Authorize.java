package io.lignum.bench.work;

import io.lignum.access.Action;
import io.lignum.access.Grant;
import io.lignum.access.Identity;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.SecurityStateMachine;
import io.lignum.server.access.AccessConfig;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Requester;
import io.lignum.server.access.SecurityMode;
import io.lignum.server.access.SecuritySource;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether a user may append to one of 100 topics, in mode on, among 1,000 users with ten
 * grants each. One thread.
 */
final class Authorize implements Work, SecuritySource {

    private static final int USERS = 1_000;
    private static final int GRANTS = 10;
    private static final int TOPICS = 100;

    private final long calls;
    private final SecurityState state = fill();
    private final AccessControl access = new AccessControl(
            new AccessConfig(
                    SecurityMode.ON,
                    false,
                    Set.of(),
                    Set.of(),
                    new AccessConfig.Logins(
                            Set.of(), false, 5, new PasswordPolicy(12), Optional.empty())),
            this,
            InstantSource.system(),
            (requester, action, resource, enforced) -> {});
    private final Requester requester;

    Authorize(WorkSettings settings) {
        calls = settings.number("records");
        long version = state.user("user-7").orElseThrow().version();
        requester =
                new Requester(Identity.ofPassword(Principal.user("user-7"), version), "192.0.2.1");
    }

    private static SecurityState fill() {
        SecurityStateMachine machine = new SecurityStateMachine(0);
        long offset = 0;
        for (int user = 0; user < USERS; user++) {
            String name = "user-" + user;
            machine.apply(offset++, record(new SecurityChange.CreateUser(name, List.of())));
            for (int grant = 0; grant < GRANTS; grant++) {
                machine.apply(
                        offset++,
                        record(new SecurityChange.AddGrant(Grant.parse(
                                Principal.user(name),
                                Grant.Effect.ALLOW,
                                "producer",
                                Optional.of("topic:team-" + grant + ".*")))));
            }
        }
        return machine.state();
    }

    private static SecurityRecord record(SecurityChange change) {
        return new SecurityRecord("id", "user:admin", 0, change);
    }

    @Override
    public SecurityState state() {
        return state;
    }

    @Override
    public boolean isLoaded() {
        return true;
    }

    @Override
    public Sample round() {
        String[] topics = new String[TOPICS];
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = "team-" + i % GRANTS + ".topic-" + i;
        }
        Meter meter = new Meter();
        for (long i = 0; i < calls; i++) {
            Resource topic = Resource.topic(topics[(int) (i % TOPICS)]);
            if (access.check(requester, Action.WRITE, topic).isPresent()) {
                throw new IllegalStateException("a grant is missing");
            }
        }
        return meter.rate(calls);
    }
}

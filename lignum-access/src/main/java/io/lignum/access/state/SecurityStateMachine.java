package io.lignum.access.state;

import io.lignum.access.AccessRules;
import io.lignum.access.Grant;
import io.lignum.access.Principal;
import io.lignum.access.Role;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.state.Rejection.Kind;
import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.Bootstrap;
import io.lignum.access.state.SecurityChange.ChangePassword;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;
import io.lignum.access.state.SecurityChange.DeleteToken;
import io.lignum.access.state.SecurityChange.DeleteUser;
import io.lignum.access.state.SecurityChange.RemoveGrant;
import io.lignum.access.state.SecurityChange.SnapshotPart;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * Applies the changes of the security log in their order. A change is appended without a check and
 * checked when it is applied, by all nodes alike: so two changes at once cannot break a rule
 * together, such as the one that an administrator always remains, and no node needs to lead for it.
 * The result depends on nothing but the log: not on clocks, settings or the node. One thread.
 *
 * <p>A snapshot in the log holds the state before an offset {@code from}, which is not above its
 * first part. Once all its parts are committed, the log may be trimmed up to {@code from}: a node
 * that reads the log from there on takes the state from the snapshot, and then applies the changes
 * from {@code from} on, those before and between the parts included. A node that has the state
 * already ignores snapshots. So a change may come at any time while a snapshot is written, and a
 * snapshot whose writer fails has no effect.
 */
public final class SecurityStateMachine {

    private final Map<String, User> users = new TreeMap<>();
    private final Map<String, ApiToken> tokens = new TreeMap<>();
    private final Set<Grant> grants = new LinkedHashSet<>();
    private final long start;
    private final SnapshotAssembly assembly = new SnapshotAssembly();

    /** Changes that were read before the snapshot on which they build. */
    private final List<Early> early = new ArrayList<>();

    private long version;
    private boolean isComplete;
    private OptionalLong newestSnapshot = OptionalLong.empty();

    private record Early(long offset, SecurityRecord record) {}

    /** @param start the first offset of the log; above 0 a snapshot holds what was before */
    public SecurityStateMachine(long start) {
        this.start = start;
        version = start;
        isComplete = start == 0;
    }

    /**
     * Whether the state is known: the log starts at 0, or a snapshot was read. Until then
     * {@link #state} is empty, and {@link #apply} tells no outcomes.
     */
    public boolean isComplete() {
        return isComplete;
    }

    /**
     * The offset from which on the log is enough to know the state, according to the newest
     * complete snapshot that was read; empty: none was.
     */
    public OptionalLong newestSnapshot() {
        return newestSnapshot;
    }

    /**
     * Applies the record at an offset, and returns why it had no effect; empty: it has taken
     * effect.
     */
    public Optional<Rejection> apply(long offset, SecurityRecord record) {
        version = offset + 1;
        if (record.change() instanceof SnapshotPart part) {
            boolean keeps = !isComplete && part.from() >= start;
            Optional<List<SnapshotPart>> whole = assembly.add(record.id(), part, keeps);
            if (whole.isPresent()) {
                complete(part.from(), whole.get());
            }
            return Optional.empty();
        } else if (!isComplete) {
            early.add(new Early(offset, record));
            return Optional.empty();
        }
        return decide(offset, record);
    }

    private void complete(long from, List<SnapshotPart> parts) {
        newestSnapshot = OptionalLong.of(Math.max(from, newestSnapshot.orElse(0)));
        if (isComplete || from < start) {
            return;
        }
        for (SnapshotPart part : parts) {
            part.users().forEach(user -> users.put(user.name(), user));
            part.tokens().forEach(token -> tokens.put(token.id(), token));
            grants.addAll(part.grants());
        }
        isComplete = true;
        for (Early change : early) {
            if (change.offset() >= from) {
                var unused = decide(change.offset(), change.record());
            }
        }
        early.clear();
    }

    private Optional<Rejection> decide(long offset, SecurityRecord record) {
        SecurityChange change = record.change();
        if (change instanceof CreateUser create) {
            return create(create.name(), create.credentials(), offset, record.atMillis());
        } else if (change instanceof Bootstrap bootstrap) {
            return bootstrap(bootstrap, offset, record.atMillis());
        } else if (change instanceof ChangePassword changed) {
            return change(changed, offset, record.atMillis());
        } else if (change instanceof DeleteUser delete) {
            return delete(delete);
        } else if (change instanceof CreateToken create) {
            return create(create.token());
        } else if (change instanceof DeleteToken delete) {
            return tokens.remove(delete.id()) == null
                    ? notFound("there is no token " + delete.id())
                    : Optional.empty();
        } else if (change instanceof AddGrant add) {
            return add(add.grant());
        } else if (change instanceof RemoveGrant remove) {
            return remove(remove.grant());
        }
        throw new IllegalStateException("a change without a rule: " + change.getClass());
    }

    private Optional<Rejection> create(
            String name, List<ScramCredential> credentials, long offset, long atMillis) {
        if (users.containsKey(name) || name.equals(Principal.ANONYMOUS.name())) {
            return rejected(Kind.EXISTS, "there is a user " + name + " already");
        }
        if (users.size() >= SecurityLimits.MAX_USERS) {
            return rejected(
                    Kind.LIMIT, "there are " + SecurityLimits.MAX_USERS + " users, the most");
        }
        users.put(name, new User(name, credentials, offset, atMillis));
        return Optional.empty();
    }

    private Optional<Rejection> bootstrap(Bootstrap bootstrap, long offset, long atMillis) {
        if (hasAdministrator(grants, users)) {
            return rejected(Kind.EXISTS, "there is an administrator already");
        }
        if (bootstrap.name().equals(Principal.ANONYMOUS.name())) {
            return rejected(Kind.EXISTS, "no user can have the name " + bootstrap.name());
        }
        Principal principal = Principal.user(bootstrap.name());
        removeAllOf(principal); // Also denials.
        users.put(
                bootstrap.name(),
                new User(bootstrap.name(), bootstrap.credentials(), offset, atMillis));
        grants.add(new Grant(
                principal,
                Grant.Effect.ALLOW,
                Optional.of(Role.ADMIN),
                Set.of(),
                Optional.empty()));
        return Optional.empty();
    }

    private Optional<Rejection> change(ChangePassword changed, long offset, long atMillis) {
        if (!users.containsKey(changed.name())) {
            return notFound("there is no user " + changed.name());
        }
        users.put(
                changed.name(), new User(changed.name(), changed.credentials(), offset, atMillis));
        return Optional.empty();
    }

    private Optional<Rejection> delete(DeleteUser delete) {
        if (!users.containsKey(delete.name())) {
            return notFound("there is no user " + delete.name());
        }
        Principal principal = Principal.user(delete.name());
        Map<String, User> otherUsers = new TreeMap<>(users);
        otherUsers.remove(delete.name());
        Set<Grant> otherGrants = new LinkedHashSet<>(grants);
        otherGrants.removeIf(grant -> grant.principal().equals(principal));
        if (wouldLoseAdministrator(otherGrants, otherUsers)) {
            return lastAdministrator(principal);
        }
        users.remove(delete.name());
        removeAllOf(principal);
        return Optional.empty();
    }

    private void removeAllOf(Principal user) {
        grants.removeIf(grant -> grant.principal().equals(user));
        tokens.values().removeIf(token -> token.owner().equals(user.name()));
    }

    private Optional<Rejection> create(ApiToken token) {
        if (!users.containsKey(token.owner())) {
            return notFound("there is no user " + token.owner());
        }
        if (tokens.containsKey(token.id())) {
            return rejected(Kind.EXISTS, "there is a token " + token.id() + " already");
        }
        long ofOwner = tokens.values().stream()
                .filter(other -> other.owner().equals(token.owner()))
                .count();
        if (ofOwner >= SecurityLimits.MAX_TOKENS_OF_USER) {
            return rejected(
                    Kind.LIMIT,
                    "user " + token.owner() + " has " + SecurityLimits.MAX_TOKENS_OF_USER
                            + " tokens, the most; delete some");
        }
        tokens.put(token.id(), token);
        return Optional.empty();
    }

    private Optional<Rejection> add(Grant grant) {
        if (grants.contains(grant)) {
            return Optional.empty();
        }
        if (grants.size() >= SecurityLimits.MAX_GRANTS) {
            return rejected(
                    Kind.LIMIT, "there are " + SecurityLimits.MAX_GRANTS + " grants, the most");
        }
        boolean isOfNoUser = grant.principal().kind() == Principal.Kind.USER
                && !grant.principal().equals(Principal.ANONYMOUS)
                && !users.containsKey(grant.principal().name());
        if (isOfNoUser) {
            return notFound("there is no user " + grant.principal().name());
        }
        if (grant.effect() == Grant.Effect.DENY) {
            Set<Grant> more = new LinkedHashSet<>(grants);
            more.add(grant);
            if (wouldLoseAdministrator(more, users)) {
                return lastAdministrator(grant.principal());
            }
        }
        grants.add(grant);
        return Optional.empty();
    }

    private Optional<Rejection> remove(Grant grant) {
        if (!grants.contains(grant)) {
            return notFound("there is no grant '" + grant.shown() + "'");
        }
        Set<Grant> others = new LinkedHashSet<>(grants);
        others.remove(grant);
        if (wouldLoseAdministrator(others, users)) {
            return lastAdministrator(grant.principal());
        }
        grants.remove(grant);
        return Optional.empty();
    }

    private boolean wouldLoseAdministrator(Set<Grant> newGrants, Map<String, User> newUsers) {
        return hasAdministrator(grants, users) && !hasAdministrator(newGrants, newUsers);
    }

    /** Whether some user or certificate may change users and grants. */
    private static boolean hasAdministrator(Set<Grant> grants, Map<String, User> users) {
        AccessRules rules =
                AccessRules.of(grants.stream().filter(Grant::concernsCluster).toList());
        return rules.principals().stream()
                .filter(rules::isAdministrator)
                .anyMatch(principal -> principal.kind() == Principal.Kind.CERT
                        || users.containsKey(principal.name()));
    }

    private static Optional<Rejection> lastAdministrator(Principal principal) {
        return rejected(
                Kind.LAST_ADMINISTRATOR,
                principal + " is the last administrator: make another one first, with lignum access"
                        + " grant user:NAME admin");
    }

    private static Optional<Rejection> notFound(String message) {
        return rejected(Kind.NOT_FOUND, message);
    }

    private static Optional<Rejection> rejected(Kind kind, String message) {
        return Optional.of(new Rejection(kind, message));
    }

    /** The present state, which later changes do not touch. */
    public SecurityState state() {
        return SecurityState.of(version, users, tokens, grants);
    }
}

package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Grant;
import io.lignum.access.Identity;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.credential.PasswordPolicy;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.TokenText;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.User;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Requester;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Shows and changes users, tokens and grants for one requester. Needs the action SECURE on the
 * cluster, except for a user's own password and tokens, which a user who logged in with a password
 * may change. Every error is a {@link ServiceException}.
 *
 * <p>Any thread. Setting a password computes for about 40 ms. Futures complete on a thread that
 * must not be blocked, when the change has taken effect on this node; the other nodes follow within
 * milliseconds.
 */
public final class SecurityService {

    private static final int MAX_DESCRIPTION = 200;
    private static final Duration MAX_VALID = Duration.ofDays(3650);

    private final SessionParts parts;
    private final Permissions permissions;
    private final AccessControl access;
    private final Requester requester;

    SecurityService(SessionParts parts, Permissions permissions) {
        this.parts = parts;
        this.permissions = permissions;
        this.access = permissions.access();
        this.requester = permissions.requester();
    }

    /** As whom the node knows the requester. */
    public record WhoAmI(
            Identity identity, String mode, boolean isAdministrator, List<Grant> grants) {}

    /** A token that was created, with its secret. */
    public record NewToken(ApiToken token, TokenText text) {}

    /** Whether something is allowed, and the grants that concern it. */
    public record Decision(boolean isAllowed, List<Grant> grants) {}

    public WhoAmI whoAmI() {
        Principal principal = requester.identity().principal();
        return new WhoAmI(
                requester.identity(),
                access.mode().text(),
                access.allows(requester, Action.SECURE, Resource.CLUSTER),
                grantsOf(principal));
    }

    private List<Grant> grantsOf(Principal principal) {
        return state().grants().stream()
                .filter(grant -> grant.principal().equals(principal))
                .toList();
    }

    /** All users, sorted by name. */
    public Collection<User> users() {
        return checked(() -> {
            requireAdministrator();
            return state().sortedUsers();
        });
    }

    /**
     * Creates a user.
     *
     * @param password empty: the user has tokens only
     */
    public CompletableFuture<User> createUser(String name, Optional<String> password) {
        return changed("create-user", "user:" + name, () -> {
            requireAdministrator();
            checkName(name);
            return change(new SecurityChange.CreateUser(name, credentials(name, password)))
                    .thenApply(done -> user(name));
        });
    }

    /**
     * Sets a user's password.
     *
     * @param password empty: the user has tokens only
     */
    public CompletableFuture<User> changePassword(String name, Optional<String> password) {
        return changed("change-password", "user:" + name, () -> {
            requireAdministratorOr(name);
            checkName(name);
            return change(new SecurityChange.ChangePassword(name, credentials(name, password)))
                    .thenApply(done -> user(name));
        });
    }

    /** Deletes a user with its tokens and grants. */
    public CompletableFuture<Void> deleteUser(String name) {
        return changed("delete-user", "user:" + name, () -> {
            requireAdministrator();
            return change(new SecurityChange.DeleteUser(name));
        });
    }

    /** The tokens: all of them for an administrator, else the requester's own. */
    public List<ApiToken> tokens() {
        return checked(() -> {
            boolean all = access.allows(requester, Action.SECURE, Resource.CLUSTER);
            String own = requester.identity().principal().name();
            return state().sortedTokens().stream()
                    .filter(token -> all || (isUser() && token.owner().equals(own)))
                    .toList();
        });
    }

    /**
     * Creates a token.
     *
     * @param valid empty: until it is deleted
     */
    public CompletableFuture<NewToken> createToken(
            String owner, String description, Optional<Duration> valid) {
        TokenText text = TokenText.random();
        return changed("create-token", "token " + text.id() + " of user:" + owner, () -> {
            requireAdministratorOr(owner);
            checkToken(description, valid);
            long now = System.currentTimeMillis();
            ApiToken token = new ApiToken(
                    text.id(),
                    text.hash(),
                    owner,
                    description,
                    valid.map(time -> now + time.toMillis()),
                    now);
            return change(new SecurityChange.CreateToken(token))
                    .thenApply(done -> new NewToken(token, text));
        });
    }

    private static void checkToken(String description, Optional<Duration> valid) {
        if (description.length() > MAX_DESCRIPTION
                || description.chars().anyMatch(Character::isISOControl)) {
            throw ServiceException.invalid(
                    "description",
                    "description must have at most " + MAX_DESCRIPTION
                            + " characters, and no control characters");
        }
        if (valid.isPresent()
                && (valid.get().isNegative()
                        || valid.get().isZero()
                        || valid.get().compareTo(MAX_VALID) > 0)) {
            throw ServiceException.invalid(
                    "valid_ms", "valid_ms must be 1 to " + MAX_VALID.toMillis() + " (10 years)");
        }
    }

    /** Deletes a token. */
    public CompletableFuture<Void> deleteToken(String id) {
        return changed("delete-token", "token " + id, () -> {
            Optional<String> owner = state().token(id).map(ApiToken::owner);
            requireAdministratorOr(owner.orElse(""));
            return change(new SecurityChange.DeleteToken(id));
        });
    }

    /** All grants, in the order in which they were made. */
    public List<Grant> grants() {
        return checked(() -> {
            requireAdministrator();
            return state().grants();
        });
    }

    /** Adds a grant; does nothing if there is an equal one. */
    public CompletableFuture<Void> grant(Grant grant) {
        return changed("grant", grant.shown(), () -> {
            requireAdministrator();
            return change(new SecurityChange.AddGrant(grant));
        });
    }

    /** Removes a grant. */
    public CompletableFuture<Void> revoke(Grant grant) {
        return changed("revoke", grant.shown(), () -> {
            requireAdministrator();
            return change(new SecurityChange.RemoveGrant(grant));
        });
    }

    /** Whether grants allow a principal something, whatever the mode of this node. */
    public Decision decide(Principal principal, Action action, Resource resource) {
        return checked(() -> {
            if (!principal.equals(requester.identity().principal())) {
                requireAdministrator();
            }
            return new Decision(
                    access.isGranted(principal, action, resource),
                    grantsOf(principal).stream()
                            .filter(grant -> grant.concerns(action, resource))
                            .toList());
        });
    }

    /** What mode observe served here since the start of the node, and mode on would refuse. */
    public List<MissingGrant> missing() {
        return checked(() -> {
            requireAdministrator();
            return parts.missing().all().stream()
                    .filter(grant -> !access.isGranted(
                            grant.principal(),
                            grant.action(),
                            new Resource(
                                    grant.resource().type(), grant.resource().name())))
                    .toList();
        });
    }

    private void requireAdministrator() {
        permissions.require(Action.SECURE, Resource.CLUSTER);
    }

    /** A user may change what is its own, but not by a token: a stolen token must not multiply. */
    private void requireAdministratorOr(String user) {
        boolean isOwn = isUser()
                && requester.identity().method() == Identity.Method.PASSWORD
                && requester.identity().principal().name().equals(user);
        if (isOwn) {
            permissions.requireLogin();
        } else {
            requireAdministrator();
        }
    }

    private boolean isUser() {
        return requester.identity().principal().kind() == Principal.Kind.USER
                && requester.identity().isAuthenticated();
    }

    private SecurityState state() {
        return access.state();
    }

    private User user(String name) {
        return state().user(name)
                .orElseThrow(() -> ServiceException.refused(
                        ErrorCode.FAILED_PRECONDITION, "user " + name + " was deleted meanwhile"));
    }

    private static void checkName(String name) {
        try {
            var unused = Principal.user(name);
        } catch (IllegalArgumentException e) {
            throw ServiceException.invalid("name", String.valueOf(e.getMessage()));
        }
    }

    private List<ScramCredential> credentials(String user, Optional<String> password) {
        PasswordPolicy policy = access.passwords();
        try {
            password.ifPresent(text -> policy.check(user, text));
        } catch (IllegalArgumentException e) {
            throw ServiceException.invalid("password", String.valueOf(e.getMessage()));
        }
        return password.map(ScramCredential::allOf).orElseGet(List::of);
    }

    private CompletableFuture<Void> change(SecurityChange change) {
        return parts.security().change(requester.identity().principal().toString(), change);
    }

    private <T> T checked(Supplier<T> call) {
        return parts.errors().call(call);
    }

    private <T> CompletableFuture<T> changed(
            String operation, String resource, Supplier<CompletableFuture<T>> change) {
        return permissions.audited(operation, resource, parts.errors().callAsync(change));
    }
}

package io.lignum.access.login;

import io.lignum.access.Identity;
import io.lignum.access.Principal;
import io.lignum.access.credential.Credentials;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.credential.TokenText;
import io.lignum.access.login.LoginException.Reason;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.User;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Finds out who a caller is. Tokens and certificates, and passwords that were checked a short time
 * ago, are answered at once on the calling thread. Other passwords take about 10 ms of CPU time and
 * are checked on threads of their own, of which there are few, so that logins cannot use up the
 * node. After some failures the next attempts from the same address wait first.
 *
 * <p>Any thread; never blocks.
 */
public final class Authenticator {

    /** Attempts that wait because of earlier failures; more are refused. */
    private static final int MAX_DELAYED = 256;

    /** Under which failures with names that no user has are counted. */
    private static final String NO_USER = "no user";

    /** Recognizes recovery tokens of this node. */
    public interface Recovery {
        /** Returns the identity if the token is one for this caller. May read a file. */
        Optional<Identity> identify(TokenText token, Origin origin);
    }

    /** What the authenticator runs on. */
    public interface Threads {
        /** Runs a check of a password; throws RejectedExecutionException if too many wait. */
        void check(Runnable task);

        /** Runs delayed tasks, which are short. */
        ScheduledExecutorService timer();
    }

    private final Supplier<SecurityState> state;
    private final Recovery recovery;
    private final Threads threads;
    private final InstantSource clock;
    private final FailedLogins failures;
    private final VerifiedPasswords verified;
    private volatile boolean isClosed;

    /** Logins that wait because of failures before. Futures compare by identity. */
    @SuppressWarnings("CollectionUndefinedEquality")
    private final Set<CompletableFuture<Identity>> delayed = ConcurrentHashMap.newKeySet();

    /** Checks in progress, by what they check. */
    private final Map<String, CompletableFuture<Identity>> checking = new ConcurrentHashMap<>();

    /**
     * @param state the present users and tokens
     * @param freeFailures failed attempts of an address for a user that cost no time
     */
    public Authenticator(
            Supplier<SecurityState> state,
            Recovery recovery,
            Threads threads,
            InstantSource clock,
            int freeFailures) {
        this(state, recovery, threads, clock, new FailedLogins(freeFailures, System::nanoTime));
    }

    Authenticator(
            Supplier<SecurityState> state,
            Recovery recovery,
            Threads threads,
            InstantSource clock,
            FailedLogins failures) {
        this.state = state;
        this.recovery = recovery;
        this.threads = threads;
        this.clock = clock;
        this.failures = failures;
        this.verified = new VerifiedPasswords(System::nanoTime);
    }

    /** Completes with the identity, or fails with LoginException. */
    public CompletableFuture<Identity> authenticate(Credentials credentials, Origin origin) {
        if (credentials instanceof Credentials.Password password) {
            return password(password, origin.address());
        } else if (credentials instanceof Credentials.Token token) {
            return token(token.token(), origin);
        } else if (credentials instanceof Credentials.Certificate certificate) {
            return CompletableFuture.completedFuture(
                    Identity.ofCertificate(certificate.principal(), certificate.until()));
        }
        return CompletableFuture.completedFuture(Identity.ANONYMOUS);
    }

    /** The identity of a recovery token, which is valid while users are not known yet, too. */
    public Optional<Identity> recover(Credentials credentials, Origin origin) {
        return credentials instanceof Credentials.Token token
                ? recovery.identify(token.token(), origin)
                : Optional.empty();
    }

    private CompletableFuture<Identity> token(TokenText text, Origin origin) {
        Instant now = clock.instant();
        Optional<Identity> identity = state.get()
                .token(text.id())
                .filter(token -> token.isProvedBy(text, now))
                .map(Authenticator::of)
                .or(() -> recovery.identify(text, origin));
        if (identity.isPresent()) {
            return CompletableFuture.completedFuture(identity.get());
        }
        CompletableFuture<Identity> result = new CompletableFuture<>();
        after(
                failures.beginToken(origin.address()),
                result,
                () -> result.completeExceptionally(
                        new LoginException(Reason.WRONG_CREDENTIALS, Credentials.WRONG_TOKEN)));
        return result;
    }

    private static Identity of(ApiToken token) {
        return Identity.ofToken(Principal.user(token.owner()), token.id(), token.expires());
    }

    private CompletableFuture<Identity> password(Credentials.Password given, InetAddress address) {
        Optional<User> user = state.get().user(given.user());
        if (user.isPresent()
                && verified.contains(given.user(), given.password(), user.get().version())) {
            return CompletableFuture.completedFuture(identity(user.get()));
        }
        String name = address.getHostAddress() + " "
                + verified.name(
                        given.user(), given.password(), user.map(User::version).orElse(-1L));
        CompletableFuture<Identity> mine = new CompletableFuture<>();
        CompletableFuture<Identity> same = checking.putIfAbsent(name, mine);
        if (same != null) {
            return same; // A program that makes several calls at once logs in once.
        }
        String counted = Principal.isUserName(given.user()) ? given.user() : NO_USER;
        after(failures.begin(address, counted), mine, () -> check(given, address, counted, mine));
        var unused = mine.whenComplete((identity, error) -> checking.remove(name));
        return mine;
    }

    private static Identity identity(User user) {
        return Identity.ofPassword(user.principal(), user.version());
    }

    /** Calls the action after the delay; without one, refuses the login. */
    @SuppressWarnings("CollectionUndefinedEquality")
    private void after(
            Optional<Duration> delay, CompletableFuture<Identity> result, Runnable action) {
        if (delay.isEmpty() || isClosed) {
            result.completeExceptionally(tooMany());
            return;
        }
        if (delay.get().isZero()) {
            action.run();
            return;
        }
        if (delayed.size() >= MAX_DELAYED) {
            result.completeExceptionally(tooMany());
            return;
        }
        delayed.add(result);
        try {
            var unused = threads.timer()
                    .schedule(
                            () -> {
                                if (delayed.remove(result)) {
                                    action.run();
                                }
                            },
                            delay.get().toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            delayed.remove(result);
            result.completeExceptionally(tooMany());
        }
    }

    private static LoginException tooMany() {
        return new LoginException(
                Reason.OVERLOADED,
                "too many failed logins from this address: try again in half a minute");
    }

    /** Refuses the logins that wait, and all that would have to. */
    @SuppressWarnings("CollectionUndefinedEquality")
    public void close() {
        isClosed = true;
        delayed.forEach(waiting -> {
            delayed.remove(waiting);
            waiting.completeExceptionally(tooMany());
        });
    }

    private void check(
            Credentials.Password given,
            InetAddress address,
            String counted,
            CompletableFuture<Identity> result) {
        try {
            threads.check(() -> complete(result, () -> checked(given, address, counted)));
        } catch (RejectedExecutionException full) {
            failures.forgive(address, counted, false);
            result.completeExceptionally(
                    new LoginException(Reason.OVERLOADED, "too many logins at once: try later"));
        }
    }

    private static void complete(CompletableFuture<Identity> result, Supplier<Identity> work) {
        try {
            result.complete(work.get());
        } catch (Throwable failed) { // The top of the task: the caller must get an answer.
            result.completeExceptionally(failed);
        }
    }

    private Identity checked(Credentials.Password given, InetAddress address, String counted) {
        Optional<User> user = state.get().user(given.user());
        Function<User, Optional<ScramCredential>> ofUser =
                known -> known.credential(ScramMechanism.SHA_256);
        boolean matches =
                user.flatMap(ofUser).orElseGet(UnknownUser::credential).matches(given.password());
        if (!matches || user.isEmpty()) {
            throw new LoginException(Reason.WRONG_CREDENTIALS, Credentials.WRONG_PASSWORD);
        }
        verified.add(given.user(), given.password(), user.get().version());
        failures.forgive(address, counted, true);
        return identity(user.get());
    }

    /** Checked for users that do not exist, so that the answer takes as long. */
    private static final class UnknownUser {
        private static final ScramCredential CREDENTIAL =
                ScramCredential.of(ScramMechanism.SHA_256, TokenText.random().text());

        static ScramCredential credential() {
            return CREDENTIAL;
        }
    }
}

package io.lignum.access.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.Identity;
import io.lignum.access.Principal;
import io.lignum.access.credential.Credentials;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.credential.TokenText;
import io.lignum.access.login.LoginException.Reason;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.access.state.SecurityStateMachine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

class AuthenticatorTest {

    private static final int FREE = 5;

    private final SecurityStateMachine machine = new SecurityStateMachine(0);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger checks = new AtomicInteger();
    private volatile Instant now = Instant.ofEpochMilli(1_000);
    private boolean full;
    private @Nullable List<Runnable> queue;

    private final Authenticator authenticator = new Authenticator(
            machine::state,
            (token, address) -> Optional.empty(),
            new Authenticator.Threads() {
                @Override
                public void check(Runnable task) {
                    if (full) {
                        throw new RejectedExecutionException();
                    }
                    checks.incrementAndGet();
                    if (queue != null) {
                        queue.add(task);
                    } else {
                        task.run();
                    }
                }

                @Override
                public ScheduledExecutorService timer() {
                    return timer;
                }
            },
            () -> now,
            new FailedLogins(FREE, () -> 0)); // So that no time passes between two attempts.

    @BeforeEach
    void createUser() {
        apply(0, new SecurityChange.CreateUser("alice", password("correct horse")));
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private static List<ScramCredential> password(String text) {
        return List.of(ScramCredential.of(ScramMechanism.SHA_256, text));
    }

    private void apply(long offset, SecurityChange change) {
        assertThat(machine.apply(offset, new SecurityRecord("c", "user:root", 1, change)))
                .isEmpty();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Origin origin(String text) {
        return new Origin(address(text), false);
    }

    private CompletableFuture<Identity> login(String user, String password) {
        return authenticator.authenticate(
                new Credentials.Password(user, password), origin("192.0.2.1"));
    }

    private static Reason reason(CompletableFuture<Identity> login) {
        assertThat(login).isCompletedExceptionally();
        return ((LoginException) login.handle((identity, error) -> error).join()).reason();
    }

    @Test
    void rightPassword_isTheUser_andIsCheckedOnce() {
        Identity identity = login("alice", "correct horse").join();
        assertThat(identity.principal()).isEqualTo(Principal.user("alice"));
        assertThat(login("alice", "correct horse").join()).isEqualTo(identity);
        assertThat(checks).hasValue(1);
    }

    @Test
    void wrongPasswordAndUnknownUser_areToldApartByNothing() {
        CompletableFuture<Identity> wrong = login("alice", "wrong horse");
        CompletableFuture<Identity> unknown = login("mallory", "wrong horse");
        assertThat(reason(wrong)).isEqualTo(Reason.WRONG_CREDENTIALS);
        assertThat(reason(unknown)).isEqualTo(Reason.WRONG_CREDENTIALS);
        assertThat(checks).as("as much work").hasValue(2);
        assertThat(wrong.handle((identity, error) -> error.getMessage()).join())
                .isEqualTo(
                        unknown.handle((identity, error) -> error.getMessage()).join());
    }

    @Test
    void changedPassword_isValidAtOnce_andTheOldOneNoLonger() {
        login("alice", "correct horse").join();
        apply(1, new SecurityChange.ChangePassword("alice", password("battery staple")));
        assertThat(reason(login("alice", "correct horse"))).isEqualTo(Reason.WRONG_CREDENTIALS);
        assertThat(login("alice", "battery staple")).isCompleted();
    }

    @Test
    void token_isItsOwner_untilItExpires() {
        TokenText text = TokenText.random();
        apply(
                1,
                new SecurityChange.CreateToken(
                        new ApiToken(text.id(), text.hash(), "alice", "", Optional.of(2_000L), 1)));
        Credentials token = new Credentials.Token(text);
        Origin address = origin("192.0.2.1");
        Identity identity = authenticator.authenticate(token, address).join();
        assertThat(identity.principal()).isEqualTo(Principal.user("alice"));
        assertThat(identity.until()).contains(Instant.ofEpochMilli(2_000));
        now = Instant.ofEpochMilli(2_000);
        assertThat(reason(authenticator.authenticate(token, address)))
                .isEqualTo(Reason.WRONG_CREDENTIALS);
    }

    @Test
    void noCredentials_areAnonymous() {
        assertThat(authenticator
                        .authenticate(new Credentials.None(), origin("192.0.2.1"))
                        .join())
                .isEqualTo(Identity.ANONYMOUS);
    }

    @Test
    void failures_delayTheNextAttempts_alsoThoseOfTheRightPassword() throws Exception {
        for (int i = 0; i < FREE; i++) {
            assertThat(reason(login("alice", "wrong " + i))).isEqualTo(Reason.WRONG_CREDENTIALS);
        }
        long start = System.nanoTime();
        CompletableFuture<Identity> late = login("alice", "correct horse");
        assertThat(late).isNotDone();
        assertThat(late.get(20, TimeUnit.SECONDS).principal()).isEqualTo(Principal.user("alice"));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Duration.ofMillis(900));
        assertThat(reason(login("alice", "wrong")))
                .as("a success clears the failures")
                .isEqualTo(Reason.WRONG_CREDENTIALS);
    }

    @Test
    void failuresOfOneAddress_doNotDelayAnother() {
        for (int i = 0; i < FREE + 3; i++) {
            var unused = login("alice", "wrong " + i);
        }
        assertThat(authenticator.authenticate(
                        new Credentials.Password("alice", "correct horse"), origin("192.0.2.2")))
                .isCompleted();
    }

    @Test
    void tooManyAtOnce_areRefusedAsOverload() {
        full = true;
        assertThat(reason(login("alice", "correct horse"))).isEqualTo(Reason.OVERLOADED);
    }

    @Test
    void attemptsAtOnce_areCheckedOneAfterTheOther_orRefused() {
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            CompletableFuture<Identity> attempt = login("alice", "wrong " + i);
            if (attempt.isDone() && reason(attempt) == Reason.OVERLOADED) {
                refused++;
            }
        }
        // They wait 1, 3, 7 and 15 seconds; the next one would wait for longer than 30.
        assertThat(refused).isEqualTo(600 - FREE - 4);
        assertThat(checks)
                .as("the first ones that wait may be through")
                .hasValueBetween(FREE, FREE + 4);
    }

    @Test
    void sameLoginAtOnce_isCheckedOnce_andCountsOnce() {
        List<Runnable> waiting = new ArrayList<>();
        queue = waiting;
        List<CompletableFuture<Identity>> logins = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            logins.add(login("alice", "correct horse"));
        }
        assertThat(waiting).hasSize(1);
        waiting.get(0).run();
        assertThat(logins).allSatisfy(login -> assertThat(login).isCompleted());
    }

    @Test
    void delays_doubleUpToHalfAMinute_andAreForgottenLater() {
        AtomicLong nanos = new AtomicLong();
        FailedLogins failures = new FailedLogins(2, nanos::get);
        InetAddress address = address("192.0.2.1");
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Duration wait = failures.begin(address, "alice").orElseThrow();
            seconds.add(wait.toSeconds());
            nanos.addAndGet(wait.toNanos());
        }
        assertThat(seconds).containsExactly(0L, 0L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
        nanos.addAndGet(Duration.ofMinutes(16).toNanos());
        assertThat(failures.begin(address, "alice").orElseThrow()).isZero();
    }

    @Test
    void successForgives_andOverloadDoesNotCount() {
        FailedLogins failures = new FailedLogins(2, () -> 0);
        InetAddress address = address("192.0.2.1");
        for (int i = 0; i < 100; i++) {
            assertThat(failures.begin(address, "alice").orElseThrow()).isZero();
            failures.forgive(address, "alice", i % 2 == 0);
        }
        assertThat(failures.size()).isZero();
    }

    @Test
    void manyUsersFromOneAddress_areDelayedToo_andAnIpv6NetworkIsOneAddress() {
        FailedLogins failures = new FailedLogins(2, () -> 0);
        for (int i = 0; i < 20; i++) {
            assertThat(failures.begin(address("2001:db8::" + i), "user" + i).orElseThrow())
                    .isZero();
        }
        assertThat(failures.begin(address("2001:db8::ff"), "another").orElseThrow())
                .isPositive();
        assertThat(failures.begin(address("2001:db8:0:1::1"), "another").orElseThrow())
                .isZero();
    }

    @Test
    void failedLogins_areBounded() {
        FailedLogins failures = new FailedLogins(2, () -> 0);
        for (int i = 0; i < 60_000; i++) {
            var unused = failures.begin(address("10.0." + i / 256 + "." + i % 256), "user" + i);
        }
        assertThat(failures.size()).isEqualTo(50_000);
    }
}

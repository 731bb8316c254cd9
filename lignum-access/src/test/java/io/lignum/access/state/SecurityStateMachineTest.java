package io.lignum.access.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.Action;
import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Identity;
import io.lignum.access.Principal;
import io.lignum.access.Resource;
import io.lignum.access.credential.TokenText;
import io.lignum.access.state.Rejection.Kind;
import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.Bootstrap;
import io.lignum.access.state.SecurityChange.ChangePassword;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;
import io.lignum.access.state.SecurityChange.DeleteToken;
import io.lignum.access.state.SecurityChange.DeleteUser;
import io.lignum.access.state.SecurityChange.RemoveGrant;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;

class SecurityStateMachineTest {

    private static final Instant NOW = Instant.ofEpochMilli(1_000_000);

    private final SecurityStateMachine machine = new SecurityStateMachine(0);
    private long next;

    private Optional<Rejection.Kind> apply(SecurityChange change) {
        long offset = next++;
        return machine.apply(offset, new SecurityRecord("id" + offset, "user:root", 1, change))
                .map(Rejection::kind);
    }

    private static Grant grant(String user, String what, String resource) {
        return Grant.parse(
                Principal.user(user),
                Effect.ALLOW,
                what,
                resource.isEmpty() ? Optional.empty() : Optional.of(resource));
    }

    private static ApiToken token(String id, String owner) {
        return new ApiToken(id, new byte[32], owner, "for a test", Optional.empty(), 1);
    }

    @Test
    void bootstrap_makesOneAdministrator_once() {
        assertThat(apply(new Bootstrap("root", List.of()))).isEmpty();
        assertThat(apply(new Bootstrap("mallory", List.of()))).contains(Kind.EXISTS);
        assertThat(machine.state().rules().isAdministrator(Principal.user("root")))
                .isTrue();
        assertThat(machine.state().user("mallory")).isEmpty();
    }

    @Test
    void user_existsOnce_andAnonymousNever() {
        assertThat(apply(new CreateUser("a", List.of()))).isEmpty();
        assertThat(apply(new CreateUser("a", List.of()))).contains(Kind.EXISTS);
        assertThat(apply(new CreateUser("anonymous", List.of()))).contains(Kind.EXISTS);
        assertThat(apply(new Bootstrap("anonymous", List.of()))).contains(Kind.EXISTS);
        assertThat(apply(new ChangePassword("b", List.of()))).contains(Kind.NOT_FOUND);
        assertThat(apply(new DeleteUser("b"))).contains(Kind.NOT_FOUND);
    }

    @Test
    void changedPassword_endsLoginsWithTheOldOne() {
        apply(new CreateUser("a", List.of()));
        User before = machine.state().user("a").orElseThrow();
        Identity login = Identity.ofPassword(before.principal(), before.version());
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW))).isTrue();
        apply(new ChangePassword("a", List.of()));
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW))).isFalse();
    }

    @Test
    void deletedUser_losesTokensAndGrants_evenIfCreatedAgain() {
        apply(new CreateUser("a", List.of()));
        apply(new AddGrant(grant("a", "read", "topic:t")));
        apply(new CreateToken(token("t1", "a")));
        Identity login = Identity.ofToken(Principal.user("a"), "t1", Optional.empty());
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW))).isTrue();
        apply(new DeleteUser("a"));
        apply(new CreateUser("a", List.of()));
        SecurityState state = machine.state();
        assertThat(state.confirms(login, InstantSource.fixed(NOW))).isFalse();
        assertThat(state.tokens()).isEmpty();
        assertThat(state.rules().allow(Principal.user("a"), Action.READ, Resource.topic("t")))
                .isFalse();
    }

    @Test
    void token_expires_andCanBeDeleted() {
        TokenText text = TokenText.random();
        ApiToken token =
                new ApiToken(text.id(), text.hash(), "a", "", Optional.of(NOW.toEpochMilli()), 1);
        assertThat(token.isProvedBy(text, NOW.minusMillis(1))).isTrue();
        assertThat(token.isProvedBy(text, NOW)).isFalse();
        assertThat(token.isProvedBy(TokenText.random(), NOW.minusMillis(1))).isFalse();
        assertThat(apply(new CreateToken(token))).contains(Kind.NOT_FOUND);
        apply(new CreateUser("a", List.of()));
        assertThat(apply(new CreateToken(token))).isEmpty();
        assertThat(apply(new CreateToken(token))).contains(Kind.EXISTS);
        Identity login = Identity.ofToken(Principal.user("a"), text.id(), token.expires());
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW.minusMillis(1))))
                .isTrue();
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW))).isFalse();
        assertThat(apply(new DeleteToken(text.id()))).isEmpty();
        assertThat(machine.state().confirms(login, InstantSource.fixed(NOW.minusMillis(1))))
                .isFalse();
        assertThat(apply(new DeleteToken(text.id()))).contains(Kind.NOT_FOUND);
    }

    @Test
    void lastAdministrator_cannotBeRemoved_byAnyWay() {
        apply(new Bootstrap("root", List.of()));
        Grant admin = grant("root", "admin", "");
        assertThat(apply(new DeleteUser("root"))).contains(Kind.LAST_ADMINISTRATOR);
        assertThat(apply(new RemoveGrant(admin))).contains(Kind.LAST_ADMINISTRATOR);
        Grant denial =
                Grant.parse(Principal.user("root"), Effect.DENY, "secure", Optional.of("cluster"));
        assertThat(apply(new AddGrant(denial))).contains(Kind.LAST_ADMINISTRATOR);
        apply(new CreateUser("second", List.of()));
        apply(new AddGrant(grant("second", "admin", "")));
        assertThat(apply(new RemoveGrant(admin))).isEmpty();
        assertThat(apply(new DeleteUser("root"))).isEmpty();
        assertThat(apply(new DeleteUser("second"))).contains(Kind.LAST_ADMINISTRATOR);
    }

    @Test
    void grantsForUsersThatDoNotExist_areRejected_butForCertificatesNot() {
        assertThat(apply(new AddGrant(grant("a", "read", "topic:t")))).contains(Kind.NOT_FOUND);
        Grant ofCertificate = Grant.parse(
                Principal.parse("cert:ops"), Effect.ALLOW, "read", Optional.of("topic:t"));
        assertThat(apply(new AddGrant(ofCertificate))).isEmpty();
        assertThat(apply(new AddGrant(ofCertificate))).as("an equal one").isEmpty();
        assertThat(machine.state().grants()).hasSize(1);
        assertThat(apply(new RemoveGrant(ofCertificate))).isEmpty();
        assertThat(apply(new RemoveGrant(ofCertificate))).contains(Kind.NOT_FOUND);
    }

    @Test
    void tokensOfOneUser_areLimited() {
        apply(new CreateUser("a", List.of()));
        for (int i = 0; i < SecurityLimits.MAX_TOKENS_OF_USER; i++) {
            assertThat(apply(new CreateToken(token("t" + i, "a")))).isEmpty();
        }
        assertThat(apply(new CreateToken(token("more", "a")))).contains(Kind.LIMIT);
    }

    @Test
    void state_isNotTouchedByLaterChanges() {
        apply(new CreateUser("a", List.of()));
        SecurityState before = machine.state();
        apply(new DeleteUser("a"));
        assertThat(before.user("a")).isPresent();
        assertThat(machine.state().version()).isEqualTo(2);
    }

    /** Random changes: once there is an administrator there is always one; all nodes agree. */
    @Test
    void randomChanges_keepAnAdministrator_andGiveEveryNodeTheSameState() {
        long seed = 20261130;
        Random random = new Random(seed);
        SecurityStateMachine other = new SecurityStateMachine(0);
        apply(new Bootstrap("u0", List.of()));
        other.apply(0, record(0, new Bootstrap("u0", List.of())));
        for (int i = 1; i < 3_000; i++) {
            SecurityChange change = change(random);
            Optional<Rejection> here = machine.apply(i, record(i, change));
            SecurityRecord read = SecurityJson.decode(SecurityJson.encode(record(i, change)));
            assertThat(other.apply(i, read)).as("seed " + seed).isEqualTo(here);
            SecurityState state = machine.state();
            assertThat(state.rules().principals().stream().anyMatch(state.rules()::isAdministrator))
                    .as("an administrator, seed %d, change %d: %s", seed, i, change)
                    .isTrue();
        }
        assertThat(other.state().users()).isEqualTo(machine.state().users());
        assertThat(other.state().grants()).isEqualTo(machine.state().grants());
        assertThat(other.state().tokens().keySet())
                .isEqualTo(machine.state().tokens().keySet());
    }

    private static SecurityRecord record(int i, SecurityChange change) {
        return new SecurityRecord("id" + i, "user:root", i, change);
    }

    private static SecurityChange change(Random random) {
        String user = "u" + random.nextInt(4);
        Grant admin = grant(user, "admin", "");
        Grant denial =
                Grant.parse(Principal.user(user), Effect.DENY, "secure", Optional.of("cluster"));
        return switch (random.nextInt(9)) {
            case 0 -> new CreateUser(user, List.of());
            case 1 -> new DeleteUser(user);
            case 2 -> new AddGrant(admin);
            case 3 -> new RemoveGrant(admin);
            case 4 -> new AddGrant(denial);
            case 5 -> new RemoveGrant(denial);
            case 6 -> new CreateToken(token("t" + random.nextInt(9), user));
            case 7 -> new DeleteToken("t" + random.nextInt(9));
            default -> new Bootstrap(user, List.of());
        };
    }
}

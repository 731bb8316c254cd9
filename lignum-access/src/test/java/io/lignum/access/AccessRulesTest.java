package io.lignum.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.access.Grant.Effect;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

class AccessRulesTest {

    private static final Principal SHOP = Principal.user("shop");

    private static Grant allow(String what, String resource) {
        return Grant.parse(SHOP, Effect.ALLOW, what, Optional.of(resource));
    }

    private static Grant deny(String what, String resource) {
        return Grant.parse(SHOP, Effect.DENY, what, Optional.of(resource));
    }

    private static Grant role(String role) {
        return Grant.parse(SHOP, Effect.ALLOW, role, Optional.empty());
    }

    private static boolean can(AccessRules rules, Action action, String topic) {
        return rules.allow(SHOP, action, Resource.topic(topic));
    }

    @Test
    void withoutGrants_nothingIsAllowed() {
        AccessRules rules = AccessRules.of(List.of());
        assertThat(can(rules, Action.DESCRIBE, "orders")).isFalse();
        assertThat(rules.allow(Principal.ANONYMOUS, Action.READ, Resource.topic("a")))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "topic:orders,   orders,    true",
        "topic:orders,   orders.eu, false",
        "topic:orders,   order,     false",
        "topic:orders.*, orders.eu, true",
        "topic:orders.*, orders.,   true",
        "topic:orders.*, orders,    false",
        "topic:*,        anything,  true",
        "group:*,        orders,    false",
    })
    void pattern_concernsTheNamesItSays(String pattern, String topic, boolean concerned) {
        AccessRules rules = AccessRules.of(List.of(allow("read", pattern)));
        assertThat(can(rules, Action.READ, topic)).isEqualTo(concerned);
        assertThat(can(rules, Action.READ, topic)).as("again").isEqualTo(concerned);
    }

    @Test
    void denial_outweighsPermissions_inAnyOrder() {
        Grant all = allow("read,write", "topic:*");
        Grant none = deny("write", "topic:secret.*");
        for (List<Grant> order : List.of(List.of(all, none), List.of(none, all))) {
            AccessRules rules = AccessRules.of(order);
            assertThat(can(rules, Action.WRITE, "secret.a")).isFalse();
            assertThat(can(rules, Action.READ, "secret.a")).isTrue();
            assertThat(can(rules, Action.WRITE, "open")).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Action.class,
            names = {"READ", "WRITE", "ALTER", "DELETE"})
    void actionsOnTopics_includeDescribe(Action action) {
        AccessRules rules = AccessRules.of(List.of(allow(action.text(), "topic:orders")));
        assertThat(can(rules, Action.DESCRIBE, "orders")).isTrue();
        AccessRules denied = AccessRules.of(
                List.of(allow(action.text(), "topic:orders"), deny("describe", "topic:orders")));
        assertThat(can(denied, Action.DESCRIBE, "orders")).isFalse();
    }

    @Test
    void create_doesNotIncludeDescribe() {
        AccessRules rules = AccessRules.of(List.of(allow("create", "topic:orders")));
        assertThat(can(rules, Action.DESCRIBE, "orders")).isFalse();
    }

    @Test
    void createOnTheCluster_isForAllTopics_butThoseDenied() {
        AccessRules rules = AccessRules.of(
                List.of(allow("create", "cluster"), deny("create", "topic:payroll*")));
        assertThat(can(rules, Action.CREATE, "orders")).isTrue();
        assertThat(can(rules, Action.CREATE, "payroll.eu")).isFalse();
        assertThat(can(rules, Action.DESCRIBE, "orders")).isFalse();
        AccessRules one = AccessRules.of(List.of(allow("create", "topic:orders")));
        assertThat(can(one, Action.CREATE, "orders")).isTrue();
        assertThat(can(one, Action.CREATE, "bills")).isFalse();
    }

    @Test
    void createDeniedOnTheCluster_doesNotTakeAwayTheGrantOnATopic() {
        AccessRules rules = AccessRules.of(List.of(
                allow("create", "cluster"),
                deny("create", "cluster"),
                allow("create", "topic:orders")));
        assertThat(can(rules, Action.CREATE, "orders")).isTrue();
        assertThat(can(rules, Action.CREATE, "bills")).isFalse();
    }

    @Test
    void roles_allowWhatTheySay() {
        AccessRules operator = AccessRules.of(List.of(role("operator")));
        assertThat(operator.allow(SHOP, Action.OPERATE, Resource.CLUSTER)).isTrue();
        assertThat(operator.allow(SHOP, Action.SECURE, Resource.CLUSTER)).isFalse();
        assertThat(can(operator, Action.DESCRIBE, "orders")).isTrue();
        assertThat(can(operator, Action.READ, "orders")).isFalse();

        AccessRules admin = AccessRules.of(List.of(role("admin")));
        for (Action action : Resource.Type.TOPIC.actions()) {
            assertThat(can(admin, action, "orders")).isTrue();
        }
        assertThat(admin.isAdministrator(SHOP)).isTrue();

        AccessRules producer = AccessRules.of(List.of(allow("producer", "topic:orders.*")));
        assertThat(can(producer, Action.CREATE, "orders.eu")).isTrue();
        assertThat(can(producer, Action.READ, "orders.eu")).isFalse();
        assertThat(can(producer, Action.WRITE, "bills")).isFalse();
    }

    @Test
    void principals_withTheSameNameAreDifferent() {
        AccessRules rules = AccessRules.of(List.of(role("admin")));
        Principal certificate = Principal.parse("cert:shop");
        assertThat(rules.allow(certificate, Action.READ, Resource.topic("orders")))
                .isFalse();
    }

    /** Names and prefixes of few letters, so that many overlap. */
    @RepeatedTest(50)
    void randomRules_areDecidedAsIfEachWereLookedAt(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Grant> grants = Stream.generate(() -> randomGrant(random))
                .limit(random.nextInt(40))
                .toList();
        AccessRules rules = AccessRules.of(grants);
        for (int i = 0; i < 100; i++) {
            Resource topic = Resource.topic(randomName(random));
            for (Action action : List.of(Action.READ, Action.WRITE, Action.CREATE)) {
                assertThat(rules.allow(SHOP, action, topic))
                        .as("%s on %s by %s", action, topic, grants)
                        .isEqualTo(decideOneByOne(grants, action, topic));
            }
        }
    }

    private static String randomName(Random random) {
        return random.ints(1 + random.nextInt(4), 0, 3)
                .mapToObj(letter -> "ab.".substring(letter, letter + 1))
                .collect(Collectors.joining());
    }

    private static Grant randomGrant(Random random) {
        String what = List.of("read", "write", "create", "read,write").get(random.nextInt(4));
        String name = random.nextInt(10) == 0 ? "*" : randomName(random);
        String resource = "topic:" + name + (!name.equals("*") && random.nextBoolean() ? "*" : "");
        boolean isForCluster = what.equals("create") && random.nextInt(4) == 0;
        return random.nextInt(4) == 0
                ? deny(what, resource)
                : allow(what, isForCluster ? "cluster" : resource);
    }

    private static boolean decideOneByOne(List<Grant> grants, Action action, Resource topic) {
        boolean everywhere = action == Action.CREATE
                && grants.stream().anyMatch(grant -> grant.concerns(action, Resource.CLUSTER));
        boolean allowed = everywhere
                || grants.stream()
                        .anyMatch(grant ->
                                grant.effect() == Effect.ALLOW && grant.concerns(action, topic));
        return allowed
                && grants.stream()
                        .noneMatch(grant ->
                                grant.effect() == Effect.DENY && grant.concerns(action, topic));
    }

    @ParameterizedTest
    @CsvSource({
        "write,      ,             need a resource",
        "write,      cluster,      'describe, create, metrics, operate, secure'",
        "operate,    topic:orders, 'describe, read, write, create, alter, delete'",
        "admin,      topic:orders, leave the resource out",
        "producer,   group:a,      has no actions on",
        "fly,        topic:orders, neither a role",
        "'',         topic:orders, neither a role",
        "read,       topic:,       a resource must be",
        "read,       topics:a,     a resource must be",
        "read,       topic:a*b,    a resource must be",
        "describe,   cluster:*,    a resource must be",
    })
    void grant_thatMakesNoSense_saysWhy(String what, String resource, String message) {
        Optional<String> on = Optional.ofNullable(resource);
        assertThatThrownBy(() -> Grant.parse(SHOP, Effect.ALLOW, what, on))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void role_cannotBeDenied() {
        assertThatThrownBy(() -> Grant.parse(SHOP, Effect.DENY, "admin", Optional.empty()))
                .hasMessageContaining("name the actions");
    }

    @ParameterizedTest
    @CsvSource({"shop", "user:", "user:a b", "node:oak-1", "recovery:oak", "owner:x", "User:shop"})
    void principal_thatGrantsCannotName_isRefused(String text) {
        assertThatThrownBy(() -> Principal.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

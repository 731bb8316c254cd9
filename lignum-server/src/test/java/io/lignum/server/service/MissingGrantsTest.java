package io.lignum.server.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.Action;
import io.lignum.access.Identity;
import io.lignum.access.Resource;
import io.lignum.server.access.Requester;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class MissingGrantsTest {

    private Instant now = Instant.ofEpochSecond(1_000);
    private final MissingGrants missing = new MissingGrants(() -> now);

    private void add(String topic, String address) {
        missing.add(new Requester(Identity.ANONYMOUS, address), Action.READ, Resource.topic(topic));
    }

    @Test
    void equalCalls_areCountedAndTheLastIsKept() {
        add("a", "10.0.0.1");
        now = now.plusSeconds(5);
        add("a", "10.0.0.2");
        assertThat(missing.all()).singleElement().satisfies(grant -> {
            assertThat(grant.calls()).isEqualTo(2);
            assertThat(grant.last()).isEqualTo(now);
            assertThat(grant.address()).isEqualTo("10.0.0.2");
            assertThat(grant.resource()).hasToString("topic:a");
        });
    }

    @Test
    void beyondTheBound_theOneUnusedForLongestIsForgotten() {
        for (int i = 0; i < MissingGrants.MAX_ENTRIES; i++) {
            add("t" + i, "x");
        }
        add("t0", "x");
        add("more", "x");
        assertThat(missing.all())
                .hasSize(MissingGrants.MAX_ENTRIES)
                .extracting(grant -> grant.resource().name())
                .contains("t0", "more")
                .doesNotContain("t1");
    }

    @Test
    void namesThatNoTopicHas_areNotRemembered() {
        add("a b", "x");
        add("", "x");
        add("*", "x");
        add("t".repeat(250), "x");
        assertThat(missing.all()).isEmpty();
    }
}

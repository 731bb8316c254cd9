package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Credentials;
import io.lignum.client.internal.net.AuthorizationHeaders.Header;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** When a client asks for its credentials again, and when it repeats a call that was refused. */
class AuthorizationHeadersTest {

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicReference<String> token = new AtomicReference<>("one");
    private final AuthorizationHeaders headers = new AuthorizationHeaders(Credentials.token(() -> {
        asked.incrementAndGet();
        return token.get();
    }));

    @Test
    void value_isKeptUntilAConnectionIsOpened() {
        Header first = headers.next();
        assertThat(headers.next()).isSameAs(first);
        headers.connecting();
        assertThat(headers.next()).isNotSameAs(first);
        assertThat(asked).hasValue(2);
    }

    @Test
    void refusedValue_isReplacedByAnother() {
        Header old = headers.next();
        Header late = headers.next();
        token.set("two");
        assertThat(headers.refused(old)).isTrue();
        assertThat(headers.next().value()).isEqualTo("Bearer two");
        assertThat(headers.refused(late)).as("a call that started before").isTrue();
        assertThat(asked).hasValue(2);
    }

    @Test
    void sameValueAgain_isNotSentAgain_andTheNextCallAsks() {
        assertThat(headers.refused(headers.next())).isFalse();
        assertThat(asked).hasValue(2);
        token.set("two");
        assertThat(headers.next().value()).isEqualTo("Bearer two");
    }

    @Test
    void callIsRepeatedOnce_evenIfEachValueDiffers() {
        Header first = headers.next();
        token.set("two");
        assertThat(headers.refused(first)).isTrue();
        Header second = headers.next();
        token.set("three");
        assertThat(headers.refused(second)).isFalse();
        assertThat(headers.next().value()).as("the next call").isEqualTo("Bearer three");
    }

    @Test
    void valueThatWasAccepted_canBeReplacedAgain() {
        Header first = headers.next();
        token.set("two");
        assertThat(headers.refused(first)).isTrue();
        Header second = headers.next();
        headers.accepted(second);
        token.set("three");
        assertThat(headers.refused(second)).isTrue();
        assertThat(headers.next().value()).isEqualTo("Bearer three");
    }

    @Test
    void supplierThatFails_failsTheCallsThatNeedIt() {
        Header first = headers.next();
        token.set("");
        assertThat(headers.refused(first)).as("the node's error is reported").isFalse();
        assertThatThrownBy(headers::next).isInstanceOf(IllegalArgumentException.class);
        token.set("two");
        assertThat(headers.next().value()).isEqualTo("Bearer two");
    }
}

package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @Test
    void hostsPortsAndIpv6_areUnderstood() {
        assertThat(Address.parse("node")).isEqualTo(new Address("node", 9080));
        assertThat(Address.parse("node:1")).isEqualTo(new Address("node", 1));
        assertThat(Address.parse("::1")).isEqualTo(new Address("::1", 9080));
        assertThat(Address.parse("[::1]")).isEqualTo(new Address("::1", 9080));
        assertThat(Address.parse("[::1]:7")).isEqualTo(new Address("::1", 7));
        assertThat(Address.parse("[::1]:7")).hasToString("[::1]:7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":1", "node:", "node:x", "node:0", "node:65536", "node:-1"})
    void nonsense_isRefusedByName(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("address \"" + text + "\"");
    }
}

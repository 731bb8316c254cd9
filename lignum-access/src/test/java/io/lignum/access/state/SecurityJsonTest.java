package io.lignum.access.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The stored form: what one release writes, later ones must read. */
class SecurityJsonTest {

    private static byte[] bytes(int value) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static String encode(SecurityChange change) {
        return SecurityJson.encode(new SecurityRecord("c1", "user:root", 17, change));
    }

    @Test
    void user_isStoredWithItsVerifier() {
        ScramCredential credential = new ScramCredential(
                ScramMechanism.SHA_256, new byte[] {1}, 16_384, bytes(2), bytes(3));
        String json = encode(new CreateUser("shop", List.of(credential)));
        assertThat(json)
                .isEqualTo("{\"id\":\"c1\",\"by\":\"user:root\",\"at\":17,\"op\":\"create-user\","
                        + "\"user\":\"shop\",\"credentials\":[{\"mechanism\":\"SCRAM-SHA-256\","
                        + "\"salt\":\"AQ==\",\"iterations\":16384,"
                        + "\"stored_key\":\"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\","
                        + "\"server_key\":\"AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\"}]}");
        CreateUser read = (CreateUser) SecurityJson.decode(json).change();
        assertThat(read.credentials().get(0).storedKey()).isEqualTo(bytes(2));
        assertThat(read.credentials().get(0).serverKey()).isEqualTo(bytes(3));
    }

    @Test
    void token_isStoredAsAHash() {
        String json = encode(new CreateToken(
                new ApiToken("abc", bytes(9), "shop", "the cash desk", Optional.of(5L), 4)));
        assertThat(json)
                .isEqualTo("{\"id\":\"c1\",\"by\":\"user:root\",\"at\":17,\"op\":\"create-token\","
                        + "\"token\":\"abc\","
                        + "\"hash\":\"CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\","
                        + "\"owner\":\"shop\",\"description\":\"the cash desk\",\"created\":4,"
                        + "\"expires\":5}");
        ApiToken read = ((CreateToken) SecurityJson.decode(json).change()).token();
        assertThat(read.hash()).isEqualTo(bytes(9));
        assertThat(read.expiresMillis()).contains(5L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"producer", "read,write", "describe"})
    void grant_isReadAsItWasWritten(String what) {
        Grant grant = Grant.parse(
                Principal.user("shop"), Effect.ALLOW, what, Optional.of("topic:orders.*"));
        SecurityRecord read = SecurityJson.decode(encode(new AddGrant(grant)));
        assertThat(read.change()).isEqualTo(new AddGrant(grant));
        assertThat(read.by()).isEqualTo("user:root");
        assertThat(read.atMillis()).isEqualTo(17);
    }

    @Test
    void unknownField_isIgnored_butUnknownOperationIsAnError() {
        assertThat(SecurityJson.decode("{\"id\":\"c\",\"by\":\"user:a\",\"op\":\"delete-user\","
                                + "\"user\":\"b\",\"later\":1}")
                        .change())
                .isEqualTo(new SecurityChange.DeleteUser("b"));
        assertThatThrownBy(() ->
                        SecurityJson.decode("{\"id\":\"c\",\"by\":\"user:a\",\"op\":\"later\"}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("later");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{\"op\":\"grant\"}", "7"})
    void otherText_isNoRecord(String text) {
        assertThatThrownBy(() -> SecurityJson.decode(text))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

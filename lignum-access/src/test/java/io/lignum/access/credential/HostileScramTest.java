package io.lignum.access.credential;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lignum.access.credential.ScramServer.Failed;
import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Messages of a SCRAM client with bytes changed: each is refused. */
final class HostileScramTest {

    private static final int ROUNDS = 20_000;
    private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    /** The exchange of RFC 7677, section 3. */
    private static final byte[] FIRST = bytes("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");

    private static final byte[] FINAL =
            bytes("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                    + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");

    private static final ScramCredential CREDENTIAL = ScramCredential.of(
            ScramMechanism.SHA_256,
            "pencil",
            Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="),
            4096);

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static ScramServer server() {
        return new ScramServer(
                ScramMechanism.SHA_256,
                user -> user.equals("user") ? Optional.of(CREDENTIAL) : Optional.empty(),
                new byte[] {1, 2, 3},
                SERVER_NONCE);
    }

    /** The user that two messages log in. */
    private static Optional<String> exchange(byte[] first, byte[] last) {
        ScramServer server = server();
        try {
            byte[] answer = server.first(first);
            assertThat(answer.length).isLessThan(2 * ScramServer.MAX_MESSAGE_BYTES);
            server.finish(last);
        } catch (Failed refused) {
            assertThat(server.user()).isEmpty();
            assertThat(refused).hasMessageNotContaining("dHzbZapW");
        }
        return server.user();
    }

    @Test
    void changedMessages_areNoLogin() {
        assertThat(exchange(FIRST, FINAL)).contains("user");
        Rounds.run("SCRAM messages", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            byte[] first = seed % 2 == 0 ? FIRST : mutator.mutate(FIRST, FINAL);
            byte[] last = seed % 2 == 0 ? mutator.mutate(FINAL, FIRST) : FINAL;
            if (!Arrays.equals(first, FIRST) || !isSound(last)) {
                assertThat(exchange(first, last))
                        .as("%s", new String(last, UTF_8))
                        .isEmpty();
            }
        });
    }

    /** Base64 may be written without its padding, and with other bits that mean nothing. */
    private static boolean isSound(byte[] last) {
        String text = new String(last, UTF_8);
        String sound = new String(FINAL, UTF_8);
        int meaningless = sound.length() - 2;
        return text.startsWith(sound.substring(0, meaningless))
                && text.substring(meaningless).matches("[QRST]=?");
    }

    /** Patterns of the JDK may need a piece of the stack for each character. */
    @Test
    void longestMessages_areParsedOnASmallStack() throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        Thread small = new Thread(null, this::parseLongest, "small", 256 << 10);
        small.setUncaughtExceptionHandler((thread, thrown) -> failure[0] = thrown);
        small.start();
        small.join();
        assertThat(failure[0]).isNull();
    }

    private void parseLongest() {
        int most = ScramServer.MAX_MESSAGE_BYTES;
        for (String piece : new String[] {"a", "=2C", "=3D", "ü", ",x=y"}) {
            String longest = piece.repeat((most - 20) / bytes(piece).length);
            for (String message : new String[] {
                "n,,n=" + longest + ",r=abc", "n,,n=user,r=abc,x=" + longest,
                "n,a=" + longest + ",n=" + longest + ",r=abc", "n,,n=user,r=abc" + longest
            }) {
                assertThat(exchange(bytes(message), FINAL)).isEmpty();
            }
            assertThat(exchange(FIRST, bytes("c=biws,r=abc," + longest + ",p=AAAA")))
                    .isEmpty();
            assertThat(exchange(FIRST, bytes("c=" + longest + ",r=abc,p=" + longest)))
                    .isEmpty();
        }
    }
}

package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Credentials;
import io.lignum.record.Utf8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who logs in, by options, environment variables and files. */
class LoginOptionsTest {

    private static final Map<String, String> NO_VARIABLES = Map.of();

    @TempDir
    Path directory;

    private final List<Boolean> echo = new ArrayList<>();
    private final StringWriter err = new StringWriter();

    private Optional<Credentials> login(
            Map<String, String> environment, Optional<String> typed, String... options)
            throws IOException {
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(Utf8.encode(typed.orElse(""))),
                new ByteArrayOutputStream(),
                new PrintWriter(err, true),
                environment,
                typed.isPresent(),
                false,
                echo::add);
        return CommandLine.populateCommand(new LoginOptions(), options).credentials(terminal);
    }

    private String header(Map<String, String> environment, String... options) throws IOException {
        return login(environment, Optional.empty(), options).orElseThrow().authorization();
    }

    private void assertUsage(String message, Map<String, String> environment, String... options) {
        assertThatThrownBy(() -> login(environment, Optional.empty(), options))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(Exit.USAGE))
                .hasMessageContaining(message);
    }

    private String file(String name, String text) throws IOException {
        return Files.write(directory.resolve(name), Utf8.encode(text)).toString();
    }

    private static String basic(String user, String password) {
        return Credentials.password(user, password).authorization();
    }

    @Test
    void withoutOptionsAndVariables_thereIsNoLogin() throws IOException {
        assertThat(login(NO_VARIABLES, Optional.of(""))).isEmpty();
    }

    @Test
    void variables_logIn() throws IOException {
        assertThat(header(Map.of("LIGNUM_USER", "oak", "LIGNUM_PASSWORD", "hush")))
                .isEqualTo(basic("oak", "hush"));
        assertThat(header(Map.of("LIGNUM_TOKEN", "lgn_a_b"))).isEqualTo("Bearer lgn_a_b");
    }

    @Test
    void options_outrankVariables() throws IOException {
        Map<String, String> variables =
                Map.of("LIGNUM_USER", "oak", "LIGNUM_PASSWORD", "hush", "LIGNUM_TOKEN", "lgn_a_b");
        String password = file("password", "quiet\nsecond line");
        String token = file("token", "lgn_c_d\n");
        assertThat(header(variables, "--user", "ash")).isEqualTo(basic("ash", "hush"));
        assertThat(header(variables, "--password-file", password)).isEqualTo(basic("oak", "quiet"));
        assertThat(header(variables, "--token-file", token)).isEqualTo("Bearer lgn_c_d");
        assertThat(header(NO_VARIABLES, "--user", "ash", "--password-file", password))
                .isEqualTo(basic("ash", "quiet"));
    }

    @Test
    void fileThatIsReplaced_isReadAgain() throws IOException {
        String token = file("token", "lgn_a_b\n");
        Credentials credentials =
                login(NO_VARIABLES, Optional.empty(), "--token-file", token).orElseThrow();
        file("token", "lgn_c_d\n");
        assertThat(credentials.authorization()).isEqualTo("Bearer lgn_c_d");
    }

    @Test
    void passwordIsAskedFor_withoutEcho() throws IOException {
        Credentials credentials =
                login(NO_VARIABLES, Optional.of("hush\n"), "--user", "oak").orElseThrow();
        assertThat(credentials.authorization()).isEqualTo(basic("oak", "hush"));
        assertThat(err).hasToString("Password of oak: " + System.lineSeparator());
        assertThat(echo).containsExactly(false, true);
    }

    @Test
    void contradictions_andMissingParts_areNamed() {
        Map<String, String> user = Map.of("LIGNUM_USER", "oak");
        assertUsage("give --password-file FILE, or set LIGNUM_PASSWORD", user);
        assertUsage("--password-file needs --user NAME", NO_VARIABLES, "--password-file", "x");
        assertUsage("give one login", NO_VARIABLES, "--user", "oak", "--token-file", "x");
        assertUsage("are both set", Map.of("LIGNUM_USER", "oak", "LIGNUM_TOKEN", "lgn_a_b"));
        assertUsage("without a user", Map.of("LIGNUM_PASSWORD", "hush"));
    }

    @Test
    void unusableFiles_areNamedWithoutTheirText() throws IOException {
        assertFails("there is no ", directory.resolve("none").toString());
        assertFails("is empty", file("empty", ""));
        assertFails("is empty", file("blank", "\nhush"));
        assertFails("more than 4096 bytes", file("long", "hush".repeat(1_025)));
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 'a'});
        assertFails("not text in UTF-8", binary.toString());
    }

    private void assertFails(String message, String file) {
        assertThatThrownBy(() -> login(NO_VARIABLES, Optional.empty(), "--token-file", file))
                .isInstanceOfSatisfying(
                        IOException.class,
                        failure -> assertThat(Failures.words(failure))
                                .contains(message)
                                .doesNotContain("hush"));
    }
}

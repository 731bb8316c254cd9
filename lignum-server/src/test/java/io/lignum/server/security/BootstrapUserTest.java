package io.lignum.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.credential.PasswordPolicy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

class BootstrapUserTest {

    @TempDir
    Path directory;

    @Test
    void oneLine_isAUser() throws IOException {
        assertThat(isUser("root:correct horse battery\n")).isTrue();
    }

    /** A part of the file would hold another password. */
    @Test
    void fileThatIsTooLong_isNoUser() throws IOException {
        String rest = " ".repeat(5_000) + "staple";
        assertThat(isUser("root:correct horse battery" + rest)).isFalse();
    }

    @Test
    void severalLines_areNoUser() throws IOException {
        assertThat(isUser("root:correct horse battery\nada:correct horse battery\n"))
                .isFalse();
    }

    private boolean isUser(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("user"), content);
        return new BootstrapUser(directory, Optional.of(file), new PasswordPolicy(12))
                .find()
                .isPresent();
    }
}

package io.lignum.server.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.record.Utf8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/** The file with the first administrator. */
class BootstrapFileTest {

    private static final SecurityRecord RECORD = new SecurityRecord(
            "6a5e9d0c-0a0f-4f6e-8f43-6d9c0b9d3c11",
            "security-init",
            1_800_000_000_000L,
            new SecurityChange.Bootstrap(
                    "admin",
                    List.of(
                            ScramCredential.of(ScramMechanism.SHA_256, "correct horse"),
                            ScramCredential.of(ScramMechanism.SHA_512, "correct horse"))));

    @TempDir
    Path directory;

    private void put(String text) throws IOException {
        Files.write(directory.resolve(BootstrapFile.NAME), Utf8.encode(text));
    }

    @Test
    void recordThatWasWritten_isRead() throws IOException {
        assertThat(BootstrapFile.read(directory)).isEmpty();
        BootstrapFile.write(directory, RECORD);
        SecurityRecord read = BootstrapFile.read(directory).orElseThrow();
        assertThat(SecurityJson.encode(read)).isEqualTo(SecurityJson.encode(RECORD));
        BootstrapFile.delete(directory);
        assertThat(BootstrapFile.read(directory)).isEmpty();
        BootstrapFile.delete(directory);
    }

    @Test
    void file_isReadableByItsOwnerOnly_andAlone() throws IOException {
        BootstrapFile.write(directory, RECORD);
        Path file = directory.resolve("security.bootstrap");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void existingFile_isNotOverwritten() throws IOException {
        put("mine");
        assertThatThrownBy(() -> BootstrapFile.write(directory, RECORD))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(directory.resolve(BootstrapFile.NAME)).hasContent("mine");
    }

    @Test
    void otherChanges_areRefused() throws IOException {
        SecurityRecord other =
                new SecurityRecord("id", "by", 1, new SecurityChange.DeleteUser("admin"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BootstrapFile.write(directory, other));
        put(SecurityJson.encode(other));
        assertThat(BootstrapFile.read(directory)).isEmpty();
    }

    @Test
    void brokenFile_countsAsMissing() throws IOException {
        String whole = SecurityJson.encode(RECORD);
        for (String text : List.of(
                "",
                "{",
                "null",
                "[]",
                whole.substring(0, whole.length() / 2),
                whole.replace("\"salt\"", "\"pepper\""),
                whole.replace("\"id\"", "\"ID\""),
                "x".repeat(20_000))) {
            put(text);
            assertThat(BootstrapFile.read(directory)).as(text).isEmpty();
        }
    }
}

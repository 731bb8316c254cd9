package io.lignum.server.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.access.credential.TokenText;
import io.lignum.record.Utf8;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;

/** The file with the hash of a recovery token. */
class RecoveryFileTest {

    private static final Instant UNTIL = Instant.ofEpochMilli(1_800_000_000_123L);

    @TempDir
    Path directory;

    private final TokenText token = TokenText.random();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(SmallJsonFile.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> logged() {
        return log.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.startsWith(directory.toString()))
                .toList();
    }

    @Test
    void tokenThatWasWritten_isFoundWithItsEnd() throws IOException {
        assertThat(RecoveryFile.read(directory, token)).isEmpty();
        RecoveryFile.write(directory, token, UNTIL);
        assertThat(RecoveryFile.read(directory, token)).contains(UNTIL);
        TokenText otherSecret = new TokenText(token.id(), TokenText.random().secret());
        TokenText otherId = new TokenText(TokenText.random().id(), token.secret());
        assertThat(RecoveryFile.read(directory, otherSecret)).isEmpty();
        assertThat(RecoveryFile.read(directory, otherId)).isEmpty();
        assertThat(logged()).isEmpty();
    }

    @Test
    void file_hasNoSecret_andIsReadableByItsOwnerOnly() throws IOException {
        RecoveryFile.write(directory, token, UNTIL);
        Path file = directory.resolve("security.recovery");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).doesNotContain(token.secret());
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("id").asText()).isEqualTo(token.id());
        assertThat(json.get("hash").binaryValue()).isEqualTo(token.hash());
        assertThat(json.get("until_ms").asLong()).isEqualTo(UNTIL.toEpochMilli());
    }

    @Test
    void laterToken_endsTheEarlier() throws IOException {
        RecoveryFile.write(directory, token, UNTIL);
        TokenText later = TokenText.random();
        RecoveryFile.write(directory, later, UNTIL);
        assertThat(RecoveryFile.read(directory, token)).isEmpty();
        assertThat(RecoveryFile.read(directory, later)).contains(UNTIL);
    }

    @Test
    void brokenFile_countsAsMissing_andIsLoggedOnce() throws IOException {
        RecoveryFile.write(directory, token, UNTIL);
        Path file = directory.resolve(RecoveryFile.NAME);
        String whole = Files.readString(file);
        for (String text : List.of(
                "",
                "{}",
                "not json",
                whole.replace("\"hash\":\"", "\"hash\":\"?"),
                whole.replace("\"until_ms\":", "\"until_ms\":1e99,\"x\":"),
                whole + " ".repeat(5_000))) {
            Files.write(file, Utf8.encode(text));
            assertThat(RecoveryFile.read(directory, token)).as(text).isEmpty();
            assertThat(RecoveryFile.read(directory, token)).as(text).isEmpty();
        }
        assertThat(logged()).hasSizeBetween(2, 6).doesNotHaveDuplicates();
        Files.write(file, Utf8.encode(whole));
        assertThat(RecoveryFile.read(directory, token)).contains(UNTIL);
    }
}

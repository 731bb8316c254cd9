package io.lignum.server.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.server.audit.AuditLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

class AuditFileTest {

    @TempDir
    Path directory;

    private final LoggerContext context = new LoggerContext();
    private final Logger audit = context.getLogger(AuditLog.LOGGER);

    AuditFileTest() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void assertOwnerOnly(Path file) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void lines_goToTheFileAndNotToTheLog() throws IOException {
        ListAppender<ILoggingEvent> console = new ListAppender<>();
        console.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        root.setLevel(Level.WARN);
        Path file = directory.resolve("audit.log");
        AuditFile.install(context, file, 1 << 20, Duration.ZERO);
        audit.info("{}", "{\"event\":\"login\"}");
        context.stop();
        assertThat(file).hasContent("{\"event\":\"login\"}");
        assertThat(console.list).isEmpty();
        assertOwnerOnly(file);
    }

    @Test
    void fullFile_isRenamedAndEightAreKept() throws IOException {
        Path file = directory.resolve("audit.log");
        AuditFile.install(context, file, 10, Duration.ZERO);
        for (int i = 0; i < 30; i++) {
            audit.info("{}", "{\"event\":\"number " + i + "\"}");
        }
        context.stop();
        List<Path> files = files();
        assertThat(files).hasSize(9).contains(file, directory.resolve("audit.log.8"));
        for (Path each : files) {
            assertOwnerOnly(each);
        }
        assertThat(Files.readString(file)).contains("number 29");
        assertThat(Files.readString(directory.resolve("audit.log.1"))).contains("number 28");
    }

    @Test
    void fileOfBefore_isContinued() throws IOException {
        Path file = directory.resolve("audit.log");
        Files.writeString(file, "{\"event\":\"old\"}\n");
        AuditFile.install(context, file, 1 << 20, Duration.ZERO);
        audit.info("{}", "{\"event\":\"new\"}");
        context.stop();
        assertThat(Files.readAllLines(file))
                .containsExactly("{\"event\":\"old\"}", "{\"event\":\"new\"}");
    }

    @Test
    void fileThatCannotBeWritten_isRefused() {
        assertThatThrownBy(() -> AuditFile.install(
                        context, directory.resolve("none/audit.log"), 10, Duration.ZERO))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() ->
                        AuditFile.install(context, directory.resolve("a%i.log"), 10, Duration.ZERO))
                .hasMessageContaining("%");
    }
}

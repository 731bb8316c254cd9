package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Errors as the JDK really throws them; the messages of most are a path, or nothing. */
class IoErrorsTest {

    @TempDir
    Path directory;

    private static String said(ThrowingCallable call) {
        return IoErrors.describe(catchThrowableOfType(IOException.class, call));
    }

    @Test
    void fileThatIsNotThere_isSaidToBe() {
        Path absent = directory.resolve("absent");
        assertThat(said(() -> Files.readString(absent))).isEqualTo("there is no " + absent);
    }

    @Test
    void fileInPlaceOfADirectory_isSaidToBe() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThat(said(() -> Files.createDirectories(file)))
                .isEqualTo(file + " is there already, as a file and not a directory");
        assertThat(said(() -> Files.newDirectoryStream(file)))
                .isEqualTo(file + " is a file, not a directory");
        assertThat(said(() -> Files.createFile(file.resolve("below"))))
                .contains("below: Not a directory");
    }

    @Test
    void brokenLink_isSaidToBe_whateverWasTried() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("/not/there"));
        String words =
                link + " is a link to /not/there, which is not there or may not be looked at";
        assertThat(said(() -> Files.createDirectories(link))).isEqualTo(words);
        assertThat(said(() -> Files.readString(link))).isEqualTo(words);
    }

    @Test
    void directoryThatIsNotEmpty_isSaidToBe() throws IOException {
        Path full = Files.createDirectories(directory.resolve("full/below")).getParent();
        assertThat(said(() -> Files.delete(full))).isEqualTo("directory " + full + " is not empty");
    }

    @Test
    void errorsWithoutAReason_areGivenOne() {
        assertThat(IoErrors.describe(new AccessDeniedException("/x")))
                .isEqualTo("no permission for /x");
        assertThat(IoErrors.describe(new FileSystemException("/x")))
                .isEqualTo("/x: it cannot be used");
        assertThat(IoErrors.describe(new FileSystemException("/x", null, "Too many open files")))
                .isEqualTo("/x: Too many open files");
        assertThat(IoErrors.describe(new UnknownHostException("oak")))
                .isEqualTo("host oak is not known");
        assertThat(IoErrors.describe(new UnresolvedAddressException())).contains("not known");
        assertThat(IoErrors.describe(new ClosedByInterruptException())).contains("interrupted");
        assertThat(IoErrors.describe(new ClosedChannelException())).contains("closed");
        assertThat(IoErrors.describe(new EOFException())).contains("ends too early");
        assertThat(IoErrors.describe(new IOException())).isEqualTo("IOException");
        assertThat(IoErrors.describe(new IOException(null, new AccessDeniedException("/y"))))
                .isEqualTo("no permission for /y");
        assertThat(IoErrors.describe(null)).isNotEmpty();
    }

    @Test
    void textInAnotherEncoding_isSaidToBe() {
        assertThat(said(() -> StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(new byte[] {(byte) 0xff}))))
                .contains("not text");
    }

    @Test
    void uncheckedErrors_areDescribedByTheirCause() {
        assertThat(IoErrors.describe(
                        new UncheckedIOException(null, new AccessDeniedException("/z"))))
                .isEqualTo("no permission for /z");
    }
}

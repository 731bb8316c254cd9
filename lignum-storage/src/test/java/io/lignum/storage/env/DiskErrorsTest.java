package io.lignum.storage.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shortages are recognised in a process with real limits, in whatever language its system speaks.
 */
class DiskErrorsTest {

    private static final Path GERMAN = Path.of("/usr/share/locale/de/LC_MESSAGES/libc.mo");

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"C", "de"})
    void shortages_areRecognised_inEveryLanguage(String language) throws Exception {
        boolean german = language.equals("de");
        assumeTrue(!german || Files.exists(GERMAN), "the C library has no German here");
        List<String> lines = run("ulimit -n 100; ulimit -f 64;", language);
        String words = german ? "Auf dem Gerät ist kein" : "No space left on device";
        assertThat(lines).as("what the process said").hasSize(4);
        assertThat(lines.get(0)).startsWith("full device: DiskFullException").contains(words);
        assertThat(lines.get(1)).startsWith("growth refused: DiskFullException");
        assertThat(lines.get(2))
                .startsWith("no handle: TooManyOpenFilesException")
                .contains("100");
        assertThat(lines.get(3)).isEqualTo("and then: opened");
    }

    /**
     * strace makes the creation of one file fail: no quota can be set up without a file system for
     * it.
     */
    @ParameterizedTest
    @CsvSource({
        "C, EDQUOT, DiskFullException",
        "de, EDQUOT, DiskFullException",
        "de, ENOSPC, DiskFullException",
        "de, EMFILE, TooManyOpenFilesException",
        "de, EIO, not recognised"
    })
    void refusedCreation_isRecognised_inEveryLanguage(String language, String error, String kind)
            throws Exception {
        assumeTrue(
                language.equals("C") || Files.exists(GERMAN), "the C library has no German here");
        assumeTrue(Files.exists(Path.of("/usr/bin/strace")), "strace is not installed");
        String path = directory.resolve("refused").toString();
        String strace = "exec strace -f -qq -o /dev/null -e trace=openat -e inject=openat:error="
                + error + " -P " + path + " \"$@\" refused; ";
        List<String> lines = run(strace, language);
        assertThat(lines).as("what the process said").hasSize(1);
        assertThat(lines.get(0)).startsWith(kind);
    }

    @Test
    void errorsThatAreNoShortage_stayWhatTheyAre() throws Exception {
        NioDisk disk = new NioDisk();
        Path file = directory.resolve("file");
        Files.writeString(file, "x");
        Files.createDirectory(directory.resolve("taken"));
        assertThat(failureOf(
                        () -> disk.open(file.resolve("below"), OpenMode.WRITE).close()))
                .isNotInstanceOf(ShortageException.class);
        assertThat(failureOf(() ->
                        disk.open(directory.resolve("taken"), OpenMode.WRITE).close()))
                .isNotInstanceOf(ShortageException.class);
        assertThat(failureOf(() -> disk.list(file))).isNotInstanceOf(ShortageException.class);
    }

    @Test
    void limitOfOpenFiles_isRead() {
        assumeTrue(Files.exists(Path.of("/proc/self/limits")), "no /proc here");
        assertThat(OpenFilesLimit.read().orElse(0)).isGreaterThan(50);
        assertThat(OpenFilesLimit.open().now()).isEqualTo(OpenFilesLimit.read());
    }

    @Test
    void limitThatChanges_isReadAgain() throws IOException {
        Path limits = directory.resolve("limits");
        Files.writeString(limits, "Limit  Soft\nMax open files            1024    4096   files\n");
        OpenFilesLimit limit = OpenFilesLimit.open(limits);
        assertThat(limit.now()).hasValue(1024);
        Files.writeString(limits, "Limit  Soft\nMax open files            4096    4096   files\n");
        assertThat(limit.now()).hasValue(4096);
        Files.writeString(limits, "Max open files            unlimited    4096   files\n");
        assertThat(limit.now()).isEmpty();
        assertThat(OpenFilesLimit.open(directory.resolve("none")).now()).isEmpty();
    }

    interface Call {
        void run() throws IOException;
    }

    static IOException failureOf(Call call) {
        try {
            call.run();
        } catch (IOException e) {
            return e;
        }
        throw new AssertionError("nothing failed");
    }

    private List<String> run(String limits, String language) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                "bash",
                "-c",
                limits + " exec \"$@\"",
                "bash",
                java,
                "-Xmx64m",
                "-Xshare:auto",
                "-Dfile.encoding=UTF-8",
                "-cp",
                classPath(),
                ShortageProcess.class.getName(),
                directory.toString());
        builder.environment().put("LC_ALL", "C.utf8");
        builder.environment().put("LANGUAGE", language);
        builder.redirectErrorStream(true);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    /** Tests run on the module path; its directories and jars are a class path as well. */
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                System.getProperty("java.class.path", ""),
                System.getProperty("jdk.module.path", ""),
                Path.of("target", "classes").toAbsolutePath().toString(),
                Path.of("target", "test-classes").toAbsolutePath().toString());
    }
}

package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The class archive of {@code make build}, used from any working directory. */
class ClassArchiveIT {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /** Java 25 and later make an AOT cache instead of an archive. */
    private static final boolean IS_CACHE = Runtime.version().feature() >= 25;

    private static final String ARCHIVE = IS_CACHE ? "lignum.aot" : "lignum.jsa";

    /** With this option a JVM that cannot use the archive does not start. */
    private static final String MUST_USE = IS_CACHE ? "-XX:AOTMode=on" : "-Xshare:on";

    @TempDir
    static Path archived;

    @TempDir
    Path elsewhere;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void makeTheArchive() throws Exception {
        Path jar = Files.copy(Path.of("target/lignum.jar"), archived.resolve("lignum.jar"));
        Process make = new ProcessBuilder(
                        "make", "-s", "archive", "JAVA=" + JAVA, "JAR=" + ROOT.relativize(jar))
                .directory(ROOT.toFile())
                .inheritIO()
                .start();
        assertThat(make.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(make.exitValue()).isZero();
        assertThat(archived.resolve(ARCHIVE)).isNotEmptyFile();
    }

    @AfterEach
    void endAll() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    private Process lignum(Path jar, String options, String... arguments) throws IOException {
        List<String> command =
                new ArrayList<>(List.of(ROOT.resolve("bin/lignum").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(elsewhere.toFile())
                .redirectErrorStream(true)
                .redirectOutput(elsewhere.resolve("out").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LIGNUM_"));
        builder.environment().put("JAVA", JAVA.toString());
        builder.environment().put("LIGNUM_JAR", jar.toString());
        builder.environment().put("LIGNUM_JAVA_OPTS", options);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private Process serve(Path jar, String options) throws IOException {
        Process node = lignum(
                jar,
                options,
                "serve",
                "--server.host",
                "127.0.0.1",
                "--server.port",
                "0",
                "--server.grpc-port",
                "0");
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast("the process ended", () -> !node.isAlive())
                .until(() -> output().contains("Ready: "));
        return node;
    }

    /** It must be newer than the jar; files written one after the other can have the same time. */
    private void writeCacheOfAnotherJvm() throws IOException {
        Path cache = Files.writeString(elsewhere.resolve("lignum.aot"), "of another JVM");
        Instant jar = Files.getLastModifiedTime(elsewhere.resolve("lignum.jar")).toInstant();
        Files.setLastModifiedTime(cache, FileTime.from(jar.plusSeconds(2)));
    }

    private String output() throws IOException {
        return Files.readString(elsewhere.resolve("out"));
    }

    @Test
    void startedFromAnotherDirectory_usesTheArchive() throws Exception {
        Process version = lignum(archived.resolve("lignum.jar"), MUST_USE, "--version");
        assertThat(version.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(output()).startsWith("lignum ");
        assertThat(version.exitValue()).isZero();
        serve(archived.resolve("lignum.jar"), MUST_USE);
        assertThat(output()).doesNotContain("class archive");
    }

    @Test
    void archiveThatDoesNotFit_isNotUsed_andTheNodeSaysSo() throws Exception {
        Path jar = Files.copy(Path.of("target/lignum.jar"), elsewhere.resolve("lignum.jar"));
        Files.copy(archived.resolve(ARCHIVE), elsewhere.resolve(ARCHIVE));
        serve(jar, "");
        assertThat(output()).contains("\"level\":\"WARN\"", ARCHIVE + " does not match");
    }

    /** As if another JVM had made it: the option that names it is unknown before Java 25. */
    @Test
    void cacheOfAnotherJvm_isNotUsed_andTheNodeSaysSo() throws Exception {
        Path jar = Files.copy(Path.of("target/lignum.jar"), elsewhere.resolve("lignum.jar"));
        writeCacheOfAnotherJvm();
        serve(jar, "");
        assertThat(output())
                .startsWith("{")
                .contains("\"level\":\"WARN\"", "lignum.aot does not match");
    }

    /** A JVM does not start with an AOT cache and an option that chooses an archive. */
    @Test
    void cacheAndAnOptionThatChoosesAnArchive_startWithoutTheCache() throws Exception {
        Path jar = Files.copy(Path.of("target/lignum.jar"), elsewhere.resolve("lignum.jar"));
        writeCacheOfAnotherJvm();
        serve(jar, "-Xshare:auto");
        assertThat(output()).doesNotContain("lignum.aot");
    }
}

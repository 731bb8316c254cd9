package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the real jar as processes in a shell. */
class CommandsIT {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();
    private static final Path SCRIPT = Path.of("../bin/lignum").toAbsolutePath().normalize();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final int LINES = 200_000;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private TestNode node;
    private String address = "";

    @BeforeEach
    void startNode() {
        node = TestNode.start(directory.resolve("data"));
        address = "localhost:" + node.node().grpcPort();
    }

    @AfterEach
    void endAll() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly();
            process.waitFor();
        }
        node.close();
    }

    /** {@code lignum} in the script runs the jar. */
    private Process shell(String script) throws IOException {
        String function = "lignum() { exec '" + JAVA + "' -jar '" + JAR + "' \"$@\"; }\n";
        // Tests run in the background may have SIGINT ignored, and children inherit that.
        ProcessBuilder builder = new ProcessBuilder(
                        "env", "--default-signal=INT,QUIT", "bash", "-c", function + script)
                .directory(directory.toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("LIGNUM_CONNECT", address);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private String run(String script) throws Exception {
        Process process = shell(script);
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out + "exit " + process.exitValue();
    }

    private String err() throws IOException {
        return Files.readString(directory.resolve("err"));
    }

    @Test
    void fileThroughProduceAndTail_hasTheSameChecksum() throws Exception {
        String sums = run("seq -f 'line %.0f of a file, äöü' " + LINES + " > lines\n"
                + "(lignum produce lines < lines) && (lignum tail lines) | cmp - lines");
        assertThat(sums).isEqualTo("exit 0");
        assertThat(err()).startsWith("lignum: 200,000 records, ");
    }

    /** The number of a closed stream would be that of the next file that the process opens. */
    @Test
    void closedStreams_areNeitherReadNorWritten() throws Exception {
        for (String command : List.of("lignum", "JAVA='" + JAVA + "' '" + SCRIPT + "'")) {
            assertThat(run("(" + command + " produce c <&-)")).isEqualTo("exit 1");
            assertThat(err())
                    .isEqualTo(
                            "lignum: standard input is closed; for empty input use </dev/null\n");
            assertThat(run("(" + command + " produce c <&- >&- 2>&-)")).isEqualTo("exit 1");
            assertThat(run("(" + command + " produce c -f /dev/stdin <&-)")).isEqualTo("exit 1");
            assertThat(run("(" + command + " --print-config >/dev/full)")).isEqualTo("exit 1");
            assertThat(err())
                    .isEqualTo("lignum: cannot write the output: No space left on device\n");
            assertThat(run("(" + command + " topic rm c <&-)")).isEqualTo("exit 2");
            assertThat(run("echo x | (" + command + " produce d >&- 2>&-)")).isEqualTo("exit 0");
            assertThat(run("(" + command + " topic ls --json >&-)")).isEqualTo("exit 1");
            assertThat(err()).contains("standard output is closed");
        }
        assertThat(node.get("/api/topics").body())
                .doesNotContain("\"name\":\"c\",\"message_count\":1")
                .contains("\"name\":\"d\",\"message_count\":2");
    }

    /**
     * The JVM would replace characters that the locale lacks by '?', and use a directory of that
     * name.
     */
    @Test
    void namesThatTheLocaleCannotExpress_areRefused() throws Exception {
        String name = "\"$(printf 'd\\303\\244ta')\"";
        String file = "printf 'message:\\n  data-dir: d\\303\\244ta\\n' > c.yml; ";
        List<String> scripts = List.of(
                "LC_ALL=C lignum serve --message.data-dir " + name,
                "LC_ALL=C LIGNUM_MESSAGE_DATA_DIR=" + name + " lignum serve",
                file + "LC_ALL=C lignum serve --config c.yml",
                "LC_ALL=C lignum log verify " + name);
        for (String script : scripts) {
            assertThat(run(script)).as(script).isEqualTo("exit 2");
            assertThat(err()).as(script).startsWith("lignum: ").contains("LC_ALL=C.UTF-8");
        }
        assertThat(directory).isDirectoryNotContaining("glob:**d[?]*ta");
    }

    /** A relative path would refer to a directory whose name has '?' for these characters. */
    @Test
    void relativePathsInADirectoryThatTheLocaleCannotExpress_areRefused() throws Exception {
        String enter = "D=\"$PWD\"; mkdir -p \"$(printf 'cwd\\303\\244')\"; "
                + "cd \"$(printf 'cwd\\303\\244')\"; export LC_ALL=C; ";
        String config = "touch config.yml; ";
        List<String> scripts = List.of(
                enter + "lignum serve",
                enter + "lignum serve --message.data-dir data",
                enter + config + "lignum serve --message.data-dir \"$D/absolute\"");
        for (String script : scripts) {
            assertThat(run(script)).as(script).isEqualTo("exit 2");
            assertThat(err())
                    .as(script)
                    .startsWith("lignum: ")
                    .contains("working directory", "LC_ALL=C.UTF-8");
        }
        assertThat(directory).isDirectoryNotContaining("glob:**cwd[?]*");
        assertThat(run(enter + "rm config.yml; lignum serve --message.data-dir \"$D/absolute\""
                        + " --print-config"))
                .endsWith("exit 0");
    }

    @Test
    void headOfATail_endsItQuietly() throws Exception {
        String out = run("(seq 100000 | lignum produce n -q); set -o pipefail;"
                + " (lignum tail n --follow) | head -n 2");
        assertThat(out).isEqualTo("1\n2\nexit 0");
        assertThat(err()).isEmpty();
    }

    @Test
    void interruptedTail_endsQuietlyWith130() throws Exception {
        run("echo a | lignum produce n -q");
        Process tail = shell("lignum tail n --follow");
        assertThat(tail.getInputStream().read()).isEqualTo('a');
        interrupt(tail);
        assertThat(tail.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(tail.exitValue()).isEqualTo(130);
        assertThat(err()).isEmpty();
    }

    @Test
    void interruptedProduce_saysWhatIsStored() throws Exception {
        Process produce = shell("lignum produce n");
        OutputStream input = produce.getOutputStream();
        input.write("a\nb\nc\n".getBytes(StandardCharsets.UTF_8));
        input.flush();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> node.get("/api/topics").body().contains("\"message_count\":3"));
        interrupt(produce);
        assertThat(produce.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(produce.exitValue()).isEqualTo(130);
        assertThat(err())
                .isEqualTo("lignum: interrupted: lines 1..3 are stored, nothing else was sent\n");
    }

    private static void interrupt(Process process) throws Exception {
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }

    @Test
    void dataOfAStoppedNode_isVerified_andThatOfARunningOneRefused() throws Exception {
        run("seq 1000 | lignum produce n -q");
        assertThat(run("lignum log verify data")).isEqualTo("exit 8");
        assertThat(err())
                .contains("in use by process " + ProcessHandle.current().pid());
        node.close();
        assertThat(run("lignum log verify data")).contains("n: 1,000 records", "intact\nexit 0");
    }

    @Test
    void wrongFlag_isOneLineAndAHint_andNoLogIsMixedIn() throws Exception {
        assertThat(run("lignum tail n --form x")).isEqualTo("exit 2");
        assertThat(err()).startsWith("lignum: ").contains("lignum tail --help").doesNotContain("{");
    }

    /** Each command of the block, followed by its output as comments. */
    @Test
    void readmeExamples_printWhatIsShown() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        int at = readme.indexOf("```sh\n", readme.indexOf("### From the shell"));
        List<String> block = readme.substring(at, readme.indexOf("```\n", at + 6))
                .lines()
                .skip(1)
                .toList();
        int run = 0;
        for (int i = 0; i < block.size(); i++) {
            StringBuilder shown = new StringBuilder();
            String command = block.get(i);
            while (i + 1 < block.size() && block.get(i + 1).startsWith("# ")) {
                shown.append(block.get(++i).substring(2)).append('\n');
            }
            assertThat(run(command.replace("bin/lignum", "lignum")))
                    .as(command)
                    .isEqualTo(shown + "exit 0");
            run++;
        }
        assertThat(run).isGreaterThanOrEqualTo(3);
    }
}

package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real jar as a process: exit codes, signals, and kill -9 under load. */
class JarIT {

    private static final Path JAR = Path.of("target/lignum.jar").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("Ready: HTTP on port (\\d+)");

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();
    private int runs;
    private Path log = Path.of("");

    @AfterEach
    void endAll() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly();
            process.waitFor();
        }
    }

    @Test
    void killedUnderLoad_losesNothingThatWasAcknowledged() throws Exception {
        Map<Long, String> acknowledged = new ConcurrentSkipListMap<>();
        for (int round = 0; round < 3; round++) {
            Process node = serve();
            int port = awaitPort(node);
            List<Thread> senders = new ArrayList<>();
            int before = acknowledged.size();
            for (int sender = 0; sender < 8; sender++) {
                String name = round + "-" + sender;
                Thread thread = new Thread(() -> sendUntilItFails(port, name, acknowledged));
                thread.start();
                senders.add(thread);
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> acknowledged.size() > before + 500);
            node.destroyForcibly().waitFor();
            for (Thread thread : senders) {
                thread.join();
            }
        }
        Process node = serve();
        assertThat(readAll(awaitPort(node))).containsAllEntriesOf(acknowledged);
    }

    private static void sendUntilItFails(int port, String name, Map<Long, String> acknowledged) {
        for (int i = 0; ; i++) {
            String message = name + "-" + i;
            try {
                String answer = post(port, "{\"topic\":\"t\",\"message\":\"" + message + "\"}");
                long offset = Long.parseLong(answer.replaceAll(".*\"offset\":(\\d+).*", "$1"));
                acknowledged.put(offset, message);
            } catch (RuntimeException dead) {
                return;
            }
        }
    }

    private static Map<Long, String> readAll(int port) {
        Map<Long, String> read = new ConcurrentSkipListMap<>();
        Pattern message = Pattern.compile("\\{\"Id\":(\\d+),\"Data\":\"([^\"]*)\"}");
        int before = -1;
        while (read.size() > before) {
            before = read.size();
            String path = "/api/message?topic=t&from=" + before + "&to=9223372036854775807";
            Matcher matcher = message.matcher(get(port, path).body());
            while (matcher.find()) {
                read.put(Long.parseLong(matcher.group(1)), matcher.group(2));
            }
        }
        return read;
    }

    @Test
    void sigterm_drainsExits143AndTheNextStartIsClean() throws Exception {
        Process node = serve();
        int port = awaitPort(node);
        post(port, "{\"topic\":\"t\",\"message\":\"kept\"}");
        node.destroy();
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isEqualTo(143);
        assertThat(Files.readString(log)).contains("\"message\":\"Stopped\"");

        int again = awaitPort(serve());
        assertThat(get(again, "/api/message?topic=t&from=0&to=9").body()).contains("kept");
        assertThat(get(again, "/metrics").body())
                .contains("lignum_recovery_topics_total{clean=\"true\"} 1.0")
                .contains("lignum_recovery_topics_total{clean=\"false\"} 0.0");
    }

    @Test
    void secondProcessOnTheDirectory_exits3AndSaysWhoHoldsIt() throws Exception {
        Process first = serve();
        awaitPort(first);
        Process second = serve();
        assertThat(second.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(ExitCode.START_FAILED);
        assertThat(Files.readString(log)).contains("in use by", Long.toString(first.pid()));
    }

    /**
     * strace makes the twelfth force of any thread fail. A node that continued might acknowledge
     * data that is not on disk.
     */
    @Test
    void diskThatFailsToForce_answersUnknownExits4AndTheNextStartHasAllThatWasAcknowledged()
            throws Exception {
        assumeThat(isOnPath("strace")).as("strace is installed").isTrue();
        Process node = startUnder(
                List.of(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        "/dev/null",
                        "-e",
                        "trace=fdatasync",
                        "-e",
                        "inject=fdatasync:error=EIO:when=12+"),
                serveFlags());
        int port = awaitPort(node);
        int acknowledged = 0;
        HttpResponse<String> answer = postAny(port, "{\"topic\":\"t\",\"message\":\"0\"}");
        while (answer.statusCode() == 200 && acknowledged < 200) {
            acknowledged++;
            answer = postAny(port, "{\"topic\":\"t\",\"message\":\"" + acknowledged + "\"}");
        }
        assertThat(acknowledged).isBetween(1, 199);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("UNKNOWN");
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isEqualTo(ExitCode.FAILED);

        assertThat(readAll(awaitPort(serve())))
                .hasSizeBetween(acknowledged, acknowledged + 1)
                .containsEntry(acknowledged - 1L, Integer.toString(acknowledged - 1));
    }

    @Test
    void wrongSettings_exit2AndNothingIsTouched() throws Exception {
        Process node = start("serve", "--server.port", "x");
        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isEqualTo(ExitCode.USAGE);
        assertThat(Files.readString(log)).contains("server.port = \"x\" (flag --server.port)");
        assertThat(directory.resolve("topics")).doesNotExist();
    }

    @Test
    void helpAndPrintConfig_exit0() throws Exception {
        Process help = start("--help");
        assertThat(help.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(help.exitValue()).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(log)).contains("Example: lignum serve", "Exit codes");
        Process print = start("--print-config", "--server.port", "1234");
        assertThat(print.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(print.exitValue()).isEqualTo(ExitCode.OK);
        assertThat(Files.readString(log)).contains("port: 1234  # flag --server.port");
    }

    @Test
    void wildcardBind_saysWhoIsServedAndWhichLineOpens() throws Exception {
        int port = awaitPort(serve("--server.host", "0.0.0.0"));
        assertThat(post(port, "{\"topic\":\"t\",\"message\":\"of this host\"}"))
                .contains("\"offset\":0");
        assertThat(Files.readString(log))
                .contains("Mode protected: only callers on this host are served; 0.0.0.0 is bound")
                .contains("set security.mode: open")
                .doesNotContain("\"level\":\"WARN\"");
    }

    @Test
    void wildcardBindInModeOpen_isWarnedOfOnce() throws Exception {
        awaitPort(serve("--server.host", "0.0.0.0", "--security.mode", "open"));
        assertThat(Files.readString(log))
                .containsOnlyOnce("\"level\":\"WARN\"")
                .contains("Alarm OPEN_TO_ALL", "Mode open, and 0.0.0.0 is bound");
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static String[] serveFlags(String... more) {
        List<String> flags = new ArrayList<>(List.of(
                "serve",
                "--server.host",
                "127.0.0.1",
                "--server.port",
                "0",
                "--server.grpc-port",
                "0"));
        flags.addAll(List.of(more));
        return flags.toArray(String[]::new);
    }

    private Process serve(String... more) throws IOException {
        return start(serveFlags(more));
    }

    private Process start(String... flags) throws IOException {
        return startUnder(List.of(), flags);
    }

    private Process startUnder(List<String> wrapper, String... flags) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-jar",
                JAR.toString()));
        command.addAll(List.of(flags));
        runs++;
        log = directory.resolve("out-" + runs + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LIGNUM_"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private int awaitPort(Process process) {
        Path output = log;
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .failFast("the process ended", () -> !process.isAlive())
                .until(() -> READY.matcher(Files.readString(output)).find());
        try {
            Matcher matcher = READY.matcher(Files.readString(output));
            assertThat(matcher.find()).isTrue();
            return Integer.parseInt(matcher.group(1));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpResponse<String> postAny(int port, String body) {
        return TestNode.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/message"))
                        .timeout(Duration.ofSeconds(30))
                        .POST(BodyPublishers.ofString(body))
                        .build());
    }

    private static String post(int port, String body) {
        HttpResponse<String> answer = postAny(port, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private static HttpResponse<String> get(int port, String path) {
        return TestNode.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(30))
                .build());
    }
}

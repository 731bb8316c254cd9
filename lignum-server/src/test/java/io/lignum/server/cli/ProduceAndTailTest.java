package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Produce and tail return the same bytes, with a real node. */
class ProduceAndTailTest {

    private static final int LINES = 200_000;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void startNode() {
        node = TestNode.start(directory.resolve("data"));
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    private String[] args(String... args) {
        Stream<String> server = Stream.of("-s", "localhost:" + node.node().grpcPort());
        return Stream.concat(Arrays.stream(args), server).toArray(String[]::new);
    }

    private CommandRun produce(String input, String... more) {
        String[] args = Stream.concat(Stream.of("produce", "t"), Arrays.stream(more))
                .toArray(String[]::new);
        return CommandRun.withInput(input.getBytes(StandardCharsets.UTF_8), args(args));
    }

    private CommandRun tail(String... more) {
        String[] args =
                Stream.concat(Stream.of("tail", "t"), Arrays.stream(more)).toArray(String[]::new);
        return CommandRun.of(args(args));
    }

    @Test
    void directoryInPlaceOfAFile_isNamed(@TempDir Path directory) {
        CommandRun run = CommandRun.of(args("produce", "t", "--file", directory.toString()));
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).isEqualTo("lignum: " + directory + " is a directory\n");
    }

    @Test
    void fileOfManyLines_comesBackByteForByte() throws IOException {
        long seed = 20_261_122;
        byte[] text = lines(new Random(seed));
        Path file = Files.write(directory.resolve("lines"), text);
        CommandRun sent = CommandRun.of(args("produce", "t", "--file", file.toString(), "--json"));
        assertThat(sent.err()).isEmpty();
        assertThat(sent.code()).isEqualTo(Exit.OK);
        JsonNode summary = new ObjectMapper().readTree(sent.out());
        assertThat(summary.get("records").asLong()).isEqualTo(LINES);
        assertThat(summary.get("lastOffset").asLong()).isEqualTo(LINES - 1);
        CommandRun read = tail();
        assertThat(read.code()).isEqualTo(Exit.OK);
        assertThat(Arrays.equals(read.bytes(), text)).as("seed %d", seed).isTrue();
        CommandRun zstd = CommandRun.withInput(text, args("produce", "z", "--compression", "zstd"));
        assertThat(zstd.err()).contains("200,000 records", "offsets 0..199999");
        assertThat(Arrays.equals(CommandRun.of(args("tail", "z")).bytes(), text))
                .isTrue();
    }

    /** Lines of any bytes except line feeds, of any length from 0. */
    private static byte[] lines(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < LINES; i++) {
            byte[] line = new byte[i % 1000 == 0 ? random.nextInt(20_000) : random.nextInt(100)];
            random.nextBytes(line);
            for (int at = 0; at < line.length; at++) {
                line[at] = line[at] == '\n' ? (byte) 'n' : line[at];
            }
            out.writeBytes(line);
            out.write('\n');
        }
        return out.toByteArray();
    }

    @Test
    void lastLineWithoutLineFeed_isAMessageToo_andEmptyInputIsNone() {
        assertThat(produce("a\n\nb").err()).startsWith("lignum: 3 records, 2 B stored in ");
        assertThat(tail().out()).isEqualTo("a\n\nb\n");
        CommandRun none = CommandRun.withInput(new byte[0], args("produce", "other"));
        assertThat(none.code()).isEqualTo(Exit.OK);
        assertThat(none.err()).startsWith("lignum: 0 records");
        assertThat(produce("quiet\n", "--quiet").err()).isEmpty();
    }

    @Test
    void keys_standBeforeTheSeparator() {
        assertThat(produce("k1\tv1\nk2\tv\t2\n", "--key-separator", "\\t").code())
                .isZero();
        assertThat(tail("--format", "%o|%k|%v|\\n").out()).isEqualTo("0|k1|v1|\n1|k2|v\t2|\n");
        CommandRun without = produce("a=1\nb\nc=3\n", "--key-separator", "=");
        assertThat(without.code()).isEqualTo(Exit.FAILED);
        assertThat(without.err())
                .isEqualTo("lignum: line 2 has no key separator '='; lines 1..1 are stored, nothing"
                        + " else was sent\n");
        assertThat(tail("--from", "2").out()).isEqualTo("1\n");
    }

    @Test
    void startingPoints_areThoseAskedFor() {
        produce("a\nb\nc\nd\n");
        assertThat(tail("--from", "-2").out()).isEqualTo("c\nd\n");
        assertThat(tail("--from", "-9").out()).isEqualTo("a\nb\nc\nd\n");
        assertThat(tail("--from", "1", "--max", "2").out()).isEqualTo("b\nc\n");
        assertThat(tail("--from", "end").out()).isEmpty();
        assertThat(tail("--from", "4").out()).isEmpty();
        assertThat(tail("--from", "2000-01-01T00:00:00Z").out()).hasLineCount(4);
        assertThat(tail("--from", Instant.now().plusSeconds(60).toString()).out())
                .isEmpty();
        CommandRun outside = tail("--from", "5");
        assertThat(outside.code()).isEqualTo(Exit.FAILED);
        assertThat(outside.err()).contains("offset 5 is not in topic t, whose range is 0..4");
        CommandRun nonsense = tail("--from", "tomorrow");
        assertThat(nonsense.code()).isEqualTo(Exit.USAGE);
        CommandRun unknown = CommandRun.of(args("tail", "nope"));
        assertThat(unknown.code()).isEqualTo(Exit.FAILED);
        assertThat(unknown.err()).contains("there is no topic nope").hasLineCount(1);
    }

    @Test
    void json_holdsBytesThatAreNoText() throws IOException {
        CommandRun.withInput(new byte[] {'"', (byte) 0xff, 0, '\n'}, args("produce", "t"));
        JsonNode line = new ObjectMapper().readTree(tail("--json").out());
        assertThat(line.get("offset").asLong()).isZero();
        assertThat(line.get("message").asText()).isEqualTo("\"\ufffd\u0000");
        assertThat(line.get("dataBase64").binaryValue()).containsExactly('"', 0xff, 0);
    }

    @Test
    void following_printsWhatComesIn() {
        produce("a\n");
        CompletableFuture<CommandRun> following =
                CompletableFuture.supplyAsync(() -> tail("--follow", "--max", "3"));
        produce("b\n");
        produce("c\n");
        assertThat(following.join().out()).isEqualTo("a\nb\nc\n");
    }

    @Test
    void readerThatGoesAway_isNoError_aFullDiskIs() {
        produce("a\n".repeat(300_000));
        CommandRun output = CommandRun.run(
                InputStream.nullInputStream(), failing("Broken pipe"), false, args("tail", "t"));
        assertThat(output.code()).isEqualTo(Exit.OK);
        assertThat(output.err()).isEmpty();
        CommandRun full = CommandRun.run(
                InputStream.nullInputStream(),
                failing("No space left on device"),
                false,
                args("tail", "t"));
        assertThat(full.code()).isEqualTo(Exit.FAILED);
        assertThat(full.err())
                .isEqualTo("lignum: cannot write the output: No space left on device\n");
    }

    private static OutputStream failing(String reason) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(reason);
            }
        };
    }

    @Test
    void lineThatIsTooLong_endsItWithWhatIsStored() {
        String tooLong = "x".repeat(2 << 20);
        CommandRun run = produce("a\nb\n" + tooLong + "\nc\n");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("line 3: ", "lines 1..2 are stored").hasLineCount(1);
        assertThat(tail().out()).startsWith("a\nb\n").doesNotContain("x");
    }

    @Test
    void nodeThatStops_endsItWithWhatIsStored() {
        byte[] first = "a\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
        InputStream stopsNodeAfterwards = new InputStream() {
            private final InputStream before = new ByteArrayInputStream(first);
            private int more = 3;

            @Override
            public int read() {
                throw new UnsupportedOperationException("blocks are read");
            }

            @Override
            public int read(byte[] target, int from, int count) throws IOException {
                int n = before.read(target, from, count);
                if (n < 0 && more-- > 0) {
                    Awaitility.await()
                            .until(() -> more < 2
                                    || node.get("/api/topics")
                                            .body()
                                            .contains("\"message_count\":1000"));
                    node.close();
                    target[from] = 'b';
                    target[from + 1] = '\n';
                    return 2;
                }
                return n;
            }
        };
        CommandRun run = CommandRun.run(
                stopsNodeAfterwards,
                new ByteArrayOutputStream(),
                false,
                args("produce", "t", "--timeout", "1s"));
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("line 1001: ", "lines 1..1000 are stored")
                .hasLineCount(1);
    }

    @Test
    void progress_isShownOnATerminalOnly() {
        InputStream input = new ByteArrayInputStream("a\n".getBytes(StandardCharsets.UTF_8));
        CommandRun run =
                CommandRun.run(input, new ByteArrayOutputStream(), true, args("produce", "t"));
        assertThat(run.err()).contains("1 records").doesNotContain("\r\r");
    }

    @Test
    void bench_tellsRatesAndLatencies() throws IOException {
        CommandRun sent = CommandRun.of(
                args("bench", "produce", "t", "-n", "5000", "--size", "50", "--json"));
        assertThat(sent.err()).isEmpty();
        JsonNode result = new ObjectMapper().readTree(sent.out());
        assertThat(result.get("records").asLong()).isEqualTo(5000);
        assertThat(result.get("bytes").asLong()).isEqualTo(250_000);
        JsonNode latency = result.get("latencyMicros");
        assertThat(latency.get("p50").asDouble()).isPositive();
        assertThat(latency.get("p99.9").asDouble())
                .isGreaterThanOrEqualTo(latency.get("p50").asDouble());
        CommandRun paced = CommandRun.of(
                args("bench", "produce", "t", "-n", "50", "--rate", "500", "--in-flight", "1"));
        assertThat(paced.out()).contains("50 records, 5.0 kB in ", "latency p50 ");
        CommandRun read = CommandRun.of(args("bench", "consume", "t"));
        assertThat(read.out()).contains("5,050 records, 255.0 kB in ");
        CommandRun nothing = CommandRun.of(args("bench", "consume", "t", "--from", "end"));
        assertThat(nothing.err()).contains("there is nothing to read");
    }
}

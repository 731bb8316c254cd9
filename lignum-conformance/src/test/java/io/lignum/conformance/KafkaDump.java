package io.lignum.conformance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Kafka's DumpLogSegments, in a process and on a class path of its own. It exits with 0 on a bad
 * checksum, so what counts is what it says of each batch.
 */
final class KafkaDump {

    /** What it said of one file: {@code field: value} pairs of each batch and of each record. */
    record FileDump(List<Map<String, String>> batches, List<Map<String, String>> records) {}

    private static final Path CLASS_PATH = Path.of("target", "kafka-classpath");
    private static final String TOOL = "org.apache.kafka.tools.DumpLogSegments";
    private static final long TIMEOUT_SECONDS = 180;

    private static final String FILE_LINE = "Dumping ";
    private static final String BATCH_LINE = "baseOffset: ";
    private static final String RECORD_LINE = "| offset: ";
    private static final String PAYLOAD = " payload: ";
    private static final Pattern FIELD = Pattern.compile("(\\w+): (\\[[^]]*]|\\S+)");

    private KafkaDump() {}

    /** Runs the tool once over all the files; the order of the answer is theirs. */
    static Map<Path, FileDump> of(List<Path> files, Path scratch) throws Exception {
        Path out = scratch.resolve("dump.out");
        Path err = scratch.resolve("dump.err");
        Process process = new ProcessBuilder(command(files))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the tool did not end in " + TIMEOUT_SECONDS + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException(
                    "the tool ended with " + process.exitValue() + ": " + Files.readString(err));
        }
        return parse(Files.readAllLines(out));
    }

    private static List<String> command(List<Path> files) throws IOException {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Files.readString(CLASS_PATH).strip(),
                TOOL,
                "--deep-iteration",
                "--print-data-log",
                "--files",
                files.stream().map(Path::toString).collect(Collectors.joining(",")));
    }

    private static Map<Path, FileDump> parse(List<String> lines) {
        Map<Path, FileDump> dumps = new LinkedHashMap<>();
        FileDump current = null;
        for (String line : lines) {
            if (line.startsWith(FILE_LINE)) {
                current = new FileDump(new ArrayList<>(), new ArrayList<>());
                dumps.put(new File(line.substring(FILE_LINE.length())).toPath(), current);
            } else if (current != null && line.startsWith(BATCH_LINE)) {
                current.batches().add(fields(line));
            } else if (current != null && line.startsWith(RECORD_LINE)) {
                current.records().add(recordFields(line));
            }
        }
        return dumps;
    }

    /** The payload is the rest of the line, whatever it holds. */
    private static Map<String, String> recordFields(String line) {
        int payload = line.indexOf(PAYLOAD);
        Map<String, String> fields = fields(payload < 0 ? line : line.substring(0, payload));
        if (payload >= 0) {
            fields.put("payload", line.substring(payload + PAYLOAD.length()));
        }
        return fields;
    }

    private static Map<String, String> fields(String line) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher = FIELD.matcher(line);
        while (matcher.find()) {
            fields.put(matcher.group(1), matcher.group(2));
        }
        return fields;
    }
}

package io.lignum.bench;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.slf4j.LoggerFactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The main class of a contender's JVM. It reads commands from standard input, one word per line,
 * and answers {@code round} with a line of results; {@code halt} ends the JVM abruptly, as if it
 * was killed. At the end of the input it closes its work and ends.
 */
public final class Worker {

    static final String READY = "ready";
    static final String ROUND = "round";
    static final String HALT = "halt";
    static final String SAMPLE = "sample";
    private static final String FIELD = "\t";

    private Worker() {}

    public static void main(String[] args) throws Exception {
        // Standard output carries the answers only; output of libraries goes elsewhere.
        PrintStream answers = System.out;
        System.setOut(System.err);
        // Starting the logging takes long in a fresh JVM, and is not measured.
        LoggerFactory.getLogger(Worker.class);
        WorkSettings settings = WorkSettings.of(Arrays.copyOfRange(args, 1, args.length));
        try (Work work = Works.make(args[0], settings)) {
            work.prepare();
            answers.println(READY);
            serve(work, answers);
        }
        // Some client libraries leave threads that would keep the JVM alive for another minute.
        System.exit(0);
    }

    private static void serve(Work work, PrintStream answers) throws Exception {
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            switch (command) {
                case ROUND -> answers.println(write(work.round()));
                case HALT -> Runtime.getRuntime().halt(0);
                default -> throw new IOException("unknown command: " + command);
            }
        }
    }

    private static String write(Sample sample) {
        StringBuilder line = new StringBuilder(SAMPLE + FIELD + sample.value());
        sample.extras()
                .forEach((name, value) ->
                        line.append(FIELD).append(name).append('=').append(value));
        return line.toString();
    }

    static Sample read(String line) throws IOException {
        String[] fields = line.split(FIELD, -1);
        if (fields.length < 2 || !fields[0].equals(SAMPLE)) {
            throw new IOException("no sample: " + line);
        }
        Map<String, Double> extras = new TreeMap<>();
        for (String field : Arrays.asList(fields).subList(2, fields.length)) {
            int equals = field.lastIndexOf('=');
            extras.put(field.substring(0, equals), Double.parseDouble(field.substring(equals + 1)));
        }
        return new Sample(Double.parseDouble(fields[1]), extras);
    }
}

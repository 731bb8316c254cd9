package io.lignum.bench;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts a {@link Worker} in a JVM of its own, and sends it commands. Used by one thread. */
final class Fork implements AutoCloseable {

    private static final long CLOSE_SECONDS = 60;

    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final long readyNanos;

    private Fork(Process process, long startedNanos) throws IOException {
        this.process = process;
        answers = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        for (String line = answer(); !line.equals(Worker.READY); line = answer()) {
            System.err.println(line); // Output of the JVM itself, for example of Flight Recorder.
        }
        readyNanos = System.nanoTime() - startedNanos;
    }

    /** Starts a JVM and waits until the work is prepared. */
    static Fork start(List<String> jvmOptions, String work, WorkSettings settings)
            throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.add(ProcessHandle.current().info().command().orElse("java"));
        arguments.addAll(jvmOptions);
        arguments.add("-cp");
        arguments.add(System.getProperty("java.class.path"));
        arguments.add(Worker.class.getName());
        arguments.add(work);
        arguments.addAll(List.of(settings.pairs()));
        long start = System.nanoTime();
        Process process = new ProcessBuilder(arguments)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new Fork(process, start);
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** Time from the start of the process until the work was prepared. */
    long readyNanos() {
        return readyNanos;
    }

    Sample round() throws IOException {
        send(Worker.ROUND);
        return Worker.read(answer());
    }

    /** Ends the JVM abruptly: nothing is closed, no hook runs. */
    void halt() throws IOException, InterruptedException {
        send(Worker.HALT);
        process.waitFor();
    }

    private void send(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the worker has ended; its output is above");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        if (process.isAlive()) {
            commands.close();
        }
        try {
            if (!process.waitFor(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the worker did not end in " + CLOSE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

package io.lignum.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A server process with its output in a file. It ends with its parent at the latest. */
public final class ServerProcess implements AutoCloseable {

    /** Time limit until the first answer, with a slow disk and a busy machine. */
    private static final long START_NANOS = 60_000_000_000L;

    private static final long STOP_SECONDS = 30;
    private static final long END_NANOS = 10_000_000_000L;
    /** Interval of the checks, and thus the precision of the start time. */
    private static final long LOOK_NANOS = 2_000_000;

    /** Where Debian installs servers; only on the administrator's path. */
    private static final List<String> MORE_DIRECTORIES = List.of("/usr/sbin", "/usr/local/sbin");

    /** Where `make consul` installs Consul. */
    private static final String TOOLS = ".ci/tools";

    private final Process process;
    private final Path log;
    private final Meter sinceStart;
    private double startSeconds = Double.NaN;

    private ServerProcess(Process process, Path log, Meter sinceStart) {
        this.process = process;
        this.log = log;
        this.sinceStart = sinceStart;
    }

    /** A check that is repeated while a server starts. */
    @FunctionalInterface
    public interface Answer<T> {
        Optional<T> look() throws IOException;
    }

    public static ServerProcess start(List<String> command, Path log) throws IOException {
        Meter meter = new Meter();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new ServerProcess(process, log, meter);
    }

    /**
     * Finds a program: named by a variable such as {@code CONSUL_BIN}, on the path, or in
     * {@code .ci/tools} of this directory or one above.
     */
    public static Optional<Path> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        String variable = program.toUpperCase(Locale.ROOT).replace('-', '_') + "_BIN";
        Stream<Path> installed = Stream.concat(
                        Stream.of(path.split(":")), MORE_DIRECTORIES.stream())
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program));
        Stream<Path> fetched = Stream.iterate(
                        Optional.of(Path.of("").toAbsolutePath()),
                        Optional::isPresent,
                        directory -> directory.map(Path::getParent))
                .flatMap(Optional::stream)
                .map(directory -> directory.resolve(TOOLS).resolve(program));
        return Optional.ofNullable(System.getenv(variable))
                .map(Path::of)
                .or(() -> Stream.concat(installed, fetched)
                        .filter(Files::isExecutable)
                        .findFirst());
    }

    /** Waits for the answer; fails if the process ends or takes too long. */
    public <T> T await(Answer<T> answer) throws IOException {
        long start = System.nanoTime();
        while (true) {
            boolean alive = process.isAlive();
            Optional<T> found = answer.look();
            if (found.isPresent()) {
                startSeconds = sinceStart.seconds().value();
                return found.get();
            }
            if (!alive || System.nanoTime() - start > START_NANOS) {
                throw new IOException("the server did not start:\n" + said());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** The output so far. */
    public String said() throws IOException {
        return Files.readString(log);
    }

    double secondsSinceStart() {
        return sinceStart.seconds().value();
    }

    /** The id of the process. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGTERM, and does not wait. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL, and waits for the end. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Waits for the end of the process, at most this long. */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sends it a signal, such as STOP. */
    public void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("kill -" + name + " ends with " + code);
        }
    }

    /** Asks all processes to end, and kills those that have not after a while. */
    public static void end(List<ServerProcess> all) {
        all.forEach(ServerProcess::terminate);
        long deadline = System.nanoTime() + END_NANOS;
        try {
            for (ServerProcess each : all) {
                boolean unused =
                        each.awaitEnd(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ServerProcess::kill);
    }

    /** Seconds from the start of the process to the awaited answer. */
    public double startSeconds() {
        return startSeconds;
    }

    /** Resident memory in MiB. */
    public double residentMebibytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("no VmRSS in " + status);
    }

    /** CPU time so far. */
    public double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the server did not stop in " + STOP_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

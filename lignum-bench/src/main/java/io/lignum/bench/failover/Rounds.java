package io.lignum.bench.failover;

import io.lignum.bench.cluster.Cluster;
import io.lignum.bench.cluster.JarClusterNode;
import io.lignum.bench.work.StandaloneNode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Injects one fault after the other, each on a cluster that is in sync. One thread. */
final class Rounds {

    private static final long PAUSE_SECONDS = 10;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LIMIT_NANOS = LIMIT.toNanos();

    /** Number of writes that prove progress before and after a fault. */
    private static final int STEADY = 200;

    private final Cluster cluster;
    private final Path jar;
    private final Writer writer;
    private final Ledger ledger;

    Rounds(Cluster cluster, Path jar, Writer writer, Ledger ledger) {
        this.cluster = cluster;
        this.jar = jar;
        this.writer = writer;
        this.ledger = ledger;
    }

    Results.Round run(Fault fault) throws IOException, InterruptedException {
        JarClusterNode leader = cluster.leaderFirst().get(0);
        ledger.awaitMore(STEADY, LIMIT_NANOS);
        ledger.awaitReceived(LIMIT_NANOS);
        writer.mark();
        long start = System.nanoTime();
        inject(fault, leader);
        cluster.await(
                "led by another node than " + leader.id(),
                LIMIT,
                view -> view.leader().filter(id -> !id.equals(leader.id())).isPresent());
        ledger.awaitMore(STEADY, LIMIT_NANOS);
        Results.Round round = new Results.Round(writer.longestSeconds(), writer.failures());
        repair(fault, leader, start);
        cluster.awaitAllInSync();
        return round;
    }

    private void inject(Fault fault, JarClusterNode leader)
            throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> leader.process().kill();
            case PAUSE -> leader.pause();
            case TERM -> leader.process().terminate();
            case TRANSFER -> transfer();
        }
    }

    /** Runs in its own JVM. What counts is how long writes wait, not when the command ends. */
    private void transfer() throws IOException, InterruptedException {
        List<String> command = List.of(
                StandaloneNode.java(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar.toString(),
                "cluster",
                "transfer-leader",
                "--server",
                String.join(",", cluster.addresses()));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("transfer-leader does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException("transfer-leader ends with " + process.exitValue());
        }
    }

    private void repair(Fault fault, JarClusterNode leader, long start)
            throws IOException, InterruptedException {
        switch (fault) {
            case KILL -> leader.launch();
            case PAUSE -> {
                long past = System.nanoTime() - start;
                TimeUnit.NANOSECONDS.sleep(TimeUnit.SECONDS.toNanos(PAUSE_SECONDS) - past);
                leader.resume();
            }
            case TERM -> {
                if (!leader.process().awaitEnd(LIMIT)) {
                    throw new IOException(leader.id() + " does not end after SIGTERM");
                }
                leader.launch();
            }
            case TRANSFER -> {}
        }
    }
}

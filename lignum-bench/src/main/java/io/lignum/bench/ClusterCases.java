package io.lignum.bench;

import io.lignum.bench.work.WorkSettings;

import java.util.List;

/**
 * Defines the benchmarks with clusters of three nodes, and those that show the cost of replication.
 */
final class ClusterCases {

    static final String LIGNUM = "Lignum, 3 nodes, forced on each";
    static final String KAFKA = "Kafka, 3 brokers";
    private static final String KAFKA_FORCED = "Kafka, 3 brokers, forced";
    private static final String CONSUL = "consul";
    private static final String P99 = "p99 ms";
    private static final String ALONE = "Lignum, 1 node, wal";

    /** Settings of all cases. The heap of each JVM is small, since all of them run at once. */
    private static final WorkSettings COMMON =
            WorkSettings.of("heap=512m", "nodes=3", "live=yes", "kafka.fetch=1048576");

    private static final WorkSettings ONE_BY_ONE = COMMON.with(
            WorkSettings.of("warmup=12000", "kafka.linger=0", "kafka.batch=16384", "size=100"));

    private ClusterCases() {}

    static List<Case> all() {
        return List.of(
                produce(100),
                produce(1024),
                sendOne(),
                cold(),
                clients(),
                endToEnd(),
                copies(
                        "produce",
                        "one producer, 100 B, 10,000 in flight",
                        Unit.RECORDS_PER_SECOND,
                        pipelined(100)),
                copies(
                        "send",
                        "one client, 100 B, one record at a time: median",
                        Unit.MILLISECONDS,
                        oneClient()),
                followerReads(),
                catchUp());
    }

    private static WorkSettings pipelined(int size) {
        return COMMON.with(WorkSettings.of(
                "warmup=20000",
                "kafka.linger=5",
                "kafka.batch=" + (size < 1024 ? "131072" : "524288"),
                "size=" + size,
                "inflight=10000",
                "millis=3000"));
    }

    private static WorkSettings oneClient() {
        return ONE_BY_ONE.with(
                WorkSettings.of("threads=1", "client=own", "figure=latency", "millis=3000"));
    }

    private static WorkSettings quick() {
        return WorkSettings.of("millis=1000", "warmup=2000");
    }

    private static Case produce(int size) {
        return new Case(
                "cluster-produce-" + size,
                "three copies, one producer, " + size + " B, 10,000 in flight",
                Unit.RECORDS_PER_SECOND,
                false,
                pipelined(size),
                quick(),
                contenders("server-produce", Target.times(1.0, KAFKA)));
    }

    private static Case sendOne() {
        return new Case(
                "cluster-send-1",
                "three copies, one client, 100 B, one record at a time: median until the"
                        + " acknowledgement",
                Unit.MILLISECONDS,
                false,
                oneClient(),
                quick(),
                contenders(
                        "server-send",
                        Target.times(1.0, KAFKA),
                        Target.times(1.0, KAFKA).of(P99)));
    }

    /** A cluster that has just started, and the same one warm. */
    private static Case cold() {
        String liveWarm = ServerCases.WARM + ", live";
        String walWarm = ServerCases.WARM + ", wal";
        return new Case(
                "cluster-cold-1",
                "the first 1,000 records after the start of three nodes, one at a time, 100 B, by a"
                        + " warm client: median until the acknowledgement",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(ServerCases.FIRST).with(WorkSettings.of("start=script")),
                quick().with(WorkSettings.of("records=1000")),
                List.of(
                        Contender.of(KAFKA, "server-first", "broker=kafka-cluster", "fsync=no"),
                        lignum("Lignum, live", "server-first", "live=yes")
                                .shouldReach(Target.times(1.0, KAFKA), Target.times(3.0, liveWarm)),
                        lignum("Lignum, wal", "server-first", "live=no")
                                .shouldReach(Target.times(1.0, KAFKA), Target.times(3.0, walWarm)),
                        lignum(liveWarm, "server-send", "live=yes"),
                        lignum(walWarm, "server-send", "live=no")));
    }

    private static Contender lignum(String label, String work, String setting) {
        return Contender.of(label, work, "broker=lignum-cluster", setting).needing(CONSUL);
    }

    private static Case clients() {
        return new Case(
                "cluster-clients-64",
                "three copies, 64 clients with a connection each, one record of 100 B at a time"
                        + " each",
                Unit.RECORDS_PER_SECOND,
                false,
                ONE_BY_ONE.with(
                        WorkSettings.of("threads=64", "client=own", "figure=rate", "millis=3000")),
                quick(),
                contenders("server-send", Target.times(1.0, KAFKA)));
    }

    private static Case endToEnd() {
        return new Case(
                "cluster-end-to-end",
                "three copies, 5,000 records of 100 B a second, from when each is due to be sent"
                        + " until it is received: median",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(WorkSettings.of("rate=5000", "millis=10000")),
                WorkSettings.of("millis=2000", "warmup=2000"),
                contenders(
                        "server-end-to-end",
                        Target.times(1.0, KAFKA),
                        Target.times(1.0, KAFKA).of(P99)));
    }

    private static List<Contender> contenders(String work, Target... targets) {
        Contender lignum = Contender.of(LIGNUM, work, "broker=lignum-cluster").needing(CONSUL);
        for (Target target : targets) {
            lignum = lignum.shouldReach(target);
        }
        return List.of(
                Contender.of(KAFKA, work, "broker=kafka-cluster", "fsync=no"),
                Contender.of(KAFKA_FORCED, work, "broker=kafka-cluster", "fsync=yes"),
                lignum,
                Contender.of("NATS JetStream, 3 servers", work, "broker=nats-cluster")
                        .needing("nats-server"));
    }

    /** The same cluster code with one node and with three. */
    private static Case copies(String name, String title, Unit unit, WorkSettings settings) {
        String work = "server-" + name;
        return new Case(
                "cluster-copies-" + name,
                "what copies cost: " + title,
                unit,
                false,
                settings.with(WorkSettings.of("broker=lignum-cluster")),
                quick(),
                List.of(
                        Contender.of(ALONE, work, "nodes=1", "live=no").needing(CONSUL),
                        Contender.of("Lignum, 1 node, live", work, "nodes=1").needing(CONSUL),
                        Contender.of("Lignum, 3 nodes, wal", work, "live=no").needing(CONSUL),
                        Contender.of("Lignum, 3 nodes, live", work).needing(CONSUL)));
    }

    private static Case followerReads() {
        String one = "three consumers at one node";
        return new Case(
                "follower-reads",
                "three consumers read 100 B from the first record to the last: records for each"
                        + " second that the servers compute",
                Unit.RECORDS_PER_CPU_SECOND,
                false,
                COMMON.with(WorkSettings.of(
                        "broker=lignum-cluster", "size=100", "records=4000000", "warmup=12000")),
                WorkSettings.of("records=400000", "warmup=2000"),
                List.of(
                        Contender.of(one, "follower-reads", "spread=no").needing(CONSUL),
                        Contender.of(
                                        "one consumer at each of three",
                                        "follower-reads",
                                        "spread=yes")
                                .needing(CONSUL)
                                // Three nodes should serve as much as one.
                                .shouldReach(Target.times(0.9, one))));
    }

    private static Case catchUp() {
        return new Case(
                "catch-up",
                "an empty third node joins while a producer sends 1,000 records of 1 KiB a second",
                Unit.MEGABYTES_PER_SECOND,
                false,
                COMMON.with(WorkSettings.of("mib=5120", "size=1024", "rate=1000", "millis=10000")),
                WorkSettings.of("mib=512", "millis=2000"),
                List.of(Contender.of("Lignum", "catch-up").needing(CONSUL)));
    }
}

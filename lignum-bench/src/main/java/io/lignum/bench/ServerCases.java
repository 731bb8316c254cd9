package io.lignum.bench;

import io.lignum.bench.work.WorkSettings;

import java.util.ArrayList;
import java.util.List;

/** The cases that compare servers, and the settings of each server. */
final class ServerCases {

    private static final String LIGNUM = "Lignum, forced always";
    static final String KAFKA = "Kafka";
    static final String KAFKA_FORCED = "Kafka, forced";
    static final String WARM = "Lignum, warm";
    private static final String PLAIN = "Lignum, without TLS";
    private static final String P99 = "p99 ms";
    private static final String NATS = "nats-server";
    private static final String REDIS = "redis-server";

    private ServerCases() {}

    static List<Case> all() {
        return List.of(
                produce(100, Target.times(1.5, KAFKA_FORCED), Target.times(1.0, KAFKA)),
                produce(1024, Target.times(1.5, KAFKA)),
                sendOne(),
                cold(),
                sendMany(
                        "clients",
                        "64 clients with a connection each, one record at a time each",
                        "client=own",
                        Target.times(1.5, KAFKA)),
                sendMany(
                        "threads",
                        "64 threads that share one client, one record at a time each",
                        "client=shared",
                        Target.times(1.0, KAFKA)),
                consume(100, 8_000_000),
                consume(1024, 1_000_000),
                endToEnd(),
                secureProduce(),
                secureConsume(),
                secureSend());
    }

    // Long, since both JVMs compile thousands of methods of gRPC, Netty or Kafka on the shared
    // cores.
    private static final WorkSettings ONE_BY_ONE = WorkSettings.of(
            "warmup=12000", "kafka.linger=0", "kafka.batch=16384", "kafka.fetch=1048576");

    /** One client; servers that have just started, and warm ones. */
    static final WorkSettings FIRST = WorkSettings.of(
            "size=100",
            "records=10000",
            "idle=0",
            "threads=1",
            "client=own",
            "figure=latency",
            "millis=3000");

    /** The fastest of 0, 1, 5 and 10 ms of linger and batches of 16 KiB to 512 KiB for Kafka. */
    private static WorkSettings pipelined(int size) {
        String batch = size < 1024 ? "131072" : "524288";
        return WorkSettings.of(
                "warmup=20000", "kafka.linger=5", "kafka.batch=" + batch, "kafka.fetch=1048576");
    }

    private static Case produce(int size, Target... targets) {
        return new Case(
                "server-produce-" + size,
                "one producer, " + size + " B, 10,000 in flight",
                Unit.RECORDS_PER_SECOND,
                false,
                pipelined(size)
                        .with(WorkSettings.of("size=" + size, "inflight=10000", "millis=3000")),
                WorkSettings.of("millis=1000", "warmup=2000"),
                all("server-produce", targets));
    }

    private static Case sendOne() {
        return new Case(
                "server-send-1",
                "one client, 100 B, one record at a time: median until the acknowledgement",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(WorkSettings.of(
                        "size=100", "threads=1", "client=own", "figure=latency", "millis=3000")),
                WorkSettings.of("millis=1000", "warmup=2000"),
                all("server-send", Target.times(0.5, KAFKA_FORCED)));
    }

    /** A server that has just started, and the same one warm. */
    private static Case cold() {
        Target[] targets = {Target.times(1.0, KAFKA), Target.times(3.0, WARM)};
        return new Case(
                "server-cold-1",
                "the first 1,000 records after the start, one at a time, 100 B, by a warm client:"
                        + " median until the acknowledgement",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(FIRST),
                WorkSettings.of("millis=1000", "warmup=2000", "records=1000"),
                List.of(
                        Contender.of(KAFKA, "server-first", "broker=kafka", "fsync=no"),
                        Contender.of(KAFKA_FORCED, "server-first", "broker=kafka", "fsync=yes"),
                        Contender.of("Lignum, java -jar", "server-first", "broker=lignum")
                                .shouldReach(targets),
                        Contender.of(
                                        "Lignum, bin/lignum",
                                        "server-first",
                                        "broker=lignum",
                                        "start=script")
                                .shouldReach(targets),
                        Contender.of(WARM, "server-send", "broker=lignum", "start=script")));
    }

    private static Case sendMany(String name, String title, String client, Target target) {
        List<Contender> contenders = new ArrayList<>(all("server-send", target));
        if (client.equals("client=shared")) {
            // The hand-written Redis client supports one thread.
            contenders.removeIf(each -> REDIS.equals(each.program()));
        }
        return new Case(
                "server-" + name + "-64",
                title + ", 100 B",
                Unit.RECORDS_PER_SECOND,
                false,
                ONE_BY_ONE.with(WorkSettings.of(
                        "size=100", "threads=64", client, "figure=rate", "millis=3000")),
                WorkSettings.of("millis=1000", "warmup=2000"),
                contenders);
    }

    private static Case consume(int size, int records) {
        return new Case(
                "server-consume-" + size,
                "one consumer reads " + size + " B from the first record to the last",
                Unit.RECORDS_PER_SECOND,
                false,
                pipelined(size)
                        .with(WorkSettings.of(
                                "size=" + size, "records=" + records, "part=1", "fsync=no")),
                WorkSettings.of("records=" + records / 10, "warmup=2000"),
                List.of(
                        Contender.of(KAFKA, "server-consume", "broker=kafka"),
                        Contender.of("Lignum", "server-consume", "broker=lignum")
                                .shouldReach(Target.times(1.0, KAFKA)),
                        // They are slower to fill and to read, so fewer records take the same time.
                        Contender.of("NATS JetStream", "server-consume", "broker=nats", "part=4")
                                .needing(NATS),
                        Contender.of("Redis streams", "server-consume", "broker=redis", "part=4")
                                .needing(REDIS)));
    }

    private static Case endToEnd() {
        return new Case(
                "server-end-to-end",
                "5,000 records of 100 B a second, from when each is due to be sent until it is"
                        + " received: median",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(WorkSettings.of("size=100", "rate=5000", "millis=10000")),
                WorkSettings.of("millis=2000", "warmup=2000"),
                all(
                        "server-end-to-end",
                        Target.times(1.0, KAFKA),
                        Target.times(1.0, KAFKA).of(P99)));
    }

    private static Case secureProduce() {
        return new Case(
                "server-tls-produce-1024",
                "the cost of TLS and a login: one producer, 1,024 B, 10,000 in flight",
                Unit.RECORDS_PER_SECOND,
                false,
                pipelined(1024)
                        .with(WorkSettings.of(
                                "size=1024", "inflight=10000", "millis=3000", "fsync=yes")),
                WorkSettings.of("millis=1000", "warmup=2000"),
                secure("server-produce", Target.times(0.7, PLAIN)));
    }

    private static Case secureConsume() {
        return new Case(
                "server-tls-consume-1024",
                "the cost of TLS and a login: one consumer reads 1,024 B from the first record on",
                Unit.RECORDS_PER_SECOND,
                false,
                pipelined(1024)
                        .with(WorkSettings.of(
                                "size=1024", "records=1000000", "part=1", "fsync=no")),
                WorkSettings.of("records=100000", "warmup=2000"),
                secure("server-consume", Target.times(0.7, PLAIN)));
    }

    private static Case secureSend() {
        return new Case(
                "server-tls-send-1",
                "the cost of TLS and a login: one client, 100 B, one record at a time: median",
                Unit.MILLISECONDS,
                false,
                ONE_BY_ONE.with(WorkSettings.of(
                        "size=100",
                        "threads=1",
                        "client=own",
                        "figure=latency",
                        "millis=3000",
                        "fsync=yes")),
                WorkSettings.of("millis=1000", "warmup=2000"),
                secure("server-send", Target.times(1.3, PLAIN)));
    }

    /** The same node without and with TLS, and with a login. */
    private static List<Contender> secure(String work, Target target) {
        return List.of(
                Contender.of(PLAIN, work, "broker=lignum"),
                Contender.of("Lignum, TLS", work, "broker=lignum-tls").shouldReach(target),
                Contender.of("Lignum, TLS and login", work, "broker=lignum-login")
                        .shouldReach(target));
    }

    private static List<Contender> all(String work, Target... targets) {
        Contender lignum = Contender.of(LIGNUM, work, "broker=lignum", "fsync=yes");
        for (Target target : targets) {
            lignum = lignum.shouldReach(target);
        }
        return List.of(
                Contender.of(KAFKA, work, "broker=kafka", "fsync=no"),
                Contender.of(KAFKA_FORCED, work, "broker=kafka", "fsync=yes"),
                lignum,
                Contender.of("NATS JetStream", work, "broker=nats", "fsync=no").needing(NATS),
                Contender.of("Redis streams", work, "broker=redis", "fsync=no").needing(REDIS),
                Contender.of("Redis streams, forced", work, "broker=redis", "fsync=yes")
                        .needing(REDIS));
    }

    /** Compared with the start and memory of a node. */
    static List<Contender> starts() {
        return List.of(
                Contender.of(KAFKA, "server-start", "broker=kafka"),
                Contender.of("NATS JetStream", "server-start", "broker=nats").needing(NATS),
                Contender.of("Redis streams", "server-start", "broker=redis").needing(REDIS));
    }
}

package io.lignum.bench;

import io.lignum.bench.work.WorkSettings;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The cases of the engine and of a single node, and their targets. */
final class Cases {

    private static final String CHANNEL = "FileChannel";
    private static final String CHRONICLE = "Chronicle Queue";

    private Cases() {}

    static List<Case> all() {
        List<Case> all = new ArrayList<>();
        all.add(append(100, 4_000_000, 2.0));
        all.add(append(1024, 600_000, 1.5));
        all.add(durable(1, 1.0));
        all.add(durable(16, 0));
        all.add(durable(64, 1.5));
        all.add(inFlight());
        for (String use : List.of("copy", "look")) {
            all.add(read(100, 5_000_000, use));
            all.add(read(1024, 600_000, use));
        }
        all.add(reopen());
        all.add(topics());
        all.add(node(
                "start", "from the start of its process until it is ready", Unit.SECONDS, 1.5));
        all.add(node("memory", "resident after 5 s idle", Unit.MEBIBYTES, 150));
        all.add(http());
        all.add(grpc());
        all.add(authorize());
        all.addAll(ServerCases.all());
        all.addAll(ClusterCases.all());
        return List.copyOf(all);
    }

    private static Case append(int size, int records, double factor) {
        Target batches = Target.times(factor, CHRONICLE);
        return new Case(
                "append-" + size,
                "append " + size + " B, nothing forced, 1 thread",
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of("size=" + size, "records=" + records, "durability=OS"),
                WorkSettings.of("records=" + records / 10),
                List.of(
                        Contender.of(CHANNEL + ", 64 KiB writes", "channel-append"),
                        Contender.of(CHRONICLE, "chronicle-append"),
                        Contender.of("Lignum, batches built before", "lignum-append", "as=built")
                                .shouldReach(batches),
                        Contender.of("Lignum, lists of records", "lignum-append", "as=list")
                                .shouldReach(batches),
                        Contender.of(
                                        "Lignum, record by record",
                                        "lignum-append",
                                        "as=async",
                                        "inflight=20000")
                                .shouldReach(Target.times(1.0, CHRONICLE))));
    }

    private static Case durable(int threads, double factor) {
        Contender lignum = Contender.of("Lignum", "lignum-durable");
        return new Case(
                "durable-" + threads,
                "append 100 B, forced before the answer, " + threads
                        + (threads == 1 ? " thread" : " blocked threads"),
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of(
                        "size=100", "threads=" + threads, "millis=2000", "durability=ALWAYS"),
                WorkSettings.of("millis=300"),
                List.of(
                        Contender.of(
                                CHANNEL + " + force, file grows", "channel-durable", "written=no"),
                        Contender.of(
                                CHANNEL + " + force, blocks written before",
                                "channel-durable",
                                "written=yes"),
                        Contender.of(CHRONICLE + " + sync", "chronicle-durable"),
                        factor == 0
                                ? lignum
                                : lignum.shouldReach(Target.times(factor, CHRONICLE + " + sync"))));
    }

    private static Case inFlight() {
        return new Case(
                "durable-inflight",
                "append 100 B, forced before the answer, 1 thread, 20,000 in flight",
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of("size=100", "records=4000000", "durability=ALWAYS"),
                WorkSettings.of("records=400000"),
                List.of(
                        Contender.of(CHANNEL + ", 64 KiB writes, each forced", "channel-append"),
                        Contender.of(
                                        "Lignum, record by record",
                                        "lignum-append",
                                        "as=async",
                                        "inflight=20000")
                                .shouldReach(Target.figure(2e6))));
    }

    private static Case read(int size, int records, String use) {
        return new Case(
                "read-" + size + "-" + use,
                "sequential read " + size + " B, "
                        + (use.equals("copy") ? "each value copied out" : "one byte looked at"),
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of(
                        "size=" + size, "records=" + records, "durability=OS", "use=" + use),
                WorkSettings.of("records=" + records / 10),
                List.of(
                        Contender.of(CHANNEL + ", 256 KiB reads, unchecked", "channel-read"),
                        Contender.of(CHRONICLE, "chronicle-read"),
                        Contender.of("Lignum, every checksum verified", "lignum-read")
                                .shouldReach(Target.times(1.0, CHRONICLE))));
    }

    private static Case reopen() {
        Target target = Target.times(1.0, CHRONICLE);
        return new Case(
                "reopen",
                "open 10 million records of 100 B in a fresh JVM after an unclean stop, read the last",
                Unit.SECONDS,
                true,
                WorkSettings.of("size=100", "records=10000000", "durability=OS"),
                WorkSettings.of("records=1000000"),
                List.of(
                        Contender.of(CHANNEL + ", all read and checksummed", "channel-reopen")
                                .after("channel-fill"),
                        Contender.of(CHRONICLE, "chronicle-reopen").after("chronicle-fill"),
                        Contender.of(
                                        "Lignum, durability always",
                                        "lignum-reopen",
                                        "durability=ALWAYS")
                                .after("lignum-fill")
                                .shouldReach(target),
                        Contender.of("Lignum, durability os", "lignum-reopen")
                                .after("lignum-fill")
                                .shouldReach(target)));
    }

    private static Case topics() {
        return new Case(
                "topics",
                "open 10,000 topics in a fresh JVM after an unclean stop",
                Unit.SECONDS,
                true,
                WorkSettings.of("size=100", "topics=10000"),
                WorkSettings.of("topics=1000"),
                List.of(Contender.of("Lignum", "lignum-topics")
                        .after("lignum-topics-fill")
                        .shouldReach(Target.figure(5))));
    }

    private static Case node(String measure, String title, Unit unit, double bound) {
        return new Case(
                "node-" + measure,
                "a node with default settings: " + title,
                unit,
                false,
                WorkSettings.of("measure=" + measure, "idle=5000"),
                WorkSettings.of("idle=1000"),
                Stream.concat(
                                Stream.of(
                                        Contender.of(
                                                "Lignum, java -jar", "node-start", "archive=no"),
                                        Contender.of(
                                                        "Lignum, bin/lignum with its class archive",
                                                        "node-start",
                                                        "archive=yes")
                                                .shouldReach(Target.figure(bound))),
                                ServerCases.starts().stream())
                        .toList());
    }

    /** The target is 200 ns a decision. */
    private static Case authorize() {
        return new Case(
                "authorize",
                "decide whether a user may append to a topic, 1,000 users with ten grants each",
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of("records=5000000"),
                WorkSettings.of("records=1000000"),
                List.of(Contender.of("Lignum", "authorize").shouldReach(Target.figure(5e6))));
    }

    private static Case http() {
        return new Case(
                "node-http",
                "HTTP, one message of 100 B a POST, 64 connections, forced before the answer",
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of("size=100", "connections=64", "millis=5000", "warmup=15000"),
                WorkSettings.of("millis=2000", "warmup=5000"),
                List.of(Contender.of("Lignum", "node-http").shouldReach(Target.figure(20_000))));
    }

    private static Case grpc() {
        return new Case(
                "node-grpc",
                "gRPC, one stream of 64 KiB batches of 100 B, 16 in flight, forced before the answer",
                Unit.RECORDS_PER_SECOND,
                false,
                WorkSettings.of("size=100", "records=5000000"),
                WorkSettings.of("records=500000"),
                List.of(Contender.of("Lignum", "node-grpc")));
    }
}

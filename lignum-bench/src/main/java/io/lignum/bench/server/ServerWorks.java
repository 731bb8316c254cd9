package io.lignum.bench.server;

import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The works on servers, by name. */
public final class ServerWorks {

    private static final List<String> NAMES = List.of(
            "server-produce",
            "server-send",
            "server-consume",
            "server-end-to-end",
            "server-start",
            "server-first",
            "follower-reads",
            "catch-up");

    private ServerWorks() {}

    public static Set<String> names() {
        return new TreeSet<>(NAMES);
    }

    public static Work make(String name, WorkSettings settings) throws Exception {
        return switch (name) {
            case "server-produce" -> new ProduceWork(settings);
            case "server-send" -> new SendAndWait(settings);
            case "server-consume" -> new Consume(settings);
            case "server-end-to-end" -> new EndToEnd(settings);
            case "server-first" -> new FirstRecords(settings);
            case "server-start" -> new ServerStart(settings);
            case "follower-reads" -> new FollowerReads(settings);
            case "catch-up" -> new CatchUp(settings);
            default ->
                throw new IllegalArgumentException("no work " + name + "; there are " + names());
        };
    }
}

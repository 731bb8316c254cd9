package io.lignum.server.cli;

import io.lignum.cluster.ClusterStatus;
import io.lignum.server.grpc.ClusterAdmin;

import java.io.IOException;
import java.util.Locale;

/** The state of a cluster as text, and as JSON with the names of the HTTP API. */
final class ClusterText {

    private ClusterText() {}

    static void json(JsonLines json, ClusterAdmin.View view) {
        ClusterStatus status = view.status();
        json.begin()
                .field("clustered", view.clustered())
                .field("cluster", status.cluster())
                .field("cluster_id", status.clusterId())
                .field("node_id", status.nodeId())
                .field("role", role(status))
                .field("epoch", status.epoch());
        status.leader().ifPresent(leader -> json.field("leader", leader));
        json.field("writes", view.takesWrites())
                .field("linearizable", view.takesLinearizableReads())
                .field("coordinator_reachable", status.coordinatorReachable())
                .field("min_in_sync", status.minInSync());
        json.beginArray("nodes");
        for (ClusterStatus.Node node : status.nodes()) {
            json.begin()
                    .field("node_id", node.nodeId())
                    .field("host", node.address().host())
                    .field("http_port", node.address().httpPort())
                    .field("grpc_port", node.address().grpcPort())
                    .field("internal_port", node.address().internalPort())
                    .field("leader", leads(status, node))
                    .field("alive", node.alive())
                    .field("in_sync", node.inSync())
                    .field("registered", node.registered());
            node.lagRecords().ifPresent(records -> json.field("lag_records", records));
            node.silentMillis().ifPresent(millis -> json.field("silent_ms", millis));
            json.field("lagging", node.lagging())
                    .field("decommissioned", node.decommissioned())
                    .field("incarnation", node.incarnation())
                    .end();
        }
        json.endArray().beginArray("alarms");
        status.alarms().forEach(alarm -> json.begin().field("text", alarm).end());
        json.endArray().endLine();
    }

    private static String role(ClusterStatus status) {
        return status.role().name().toLowerCase(Locale.ROOT);
    }

    private static boolean leads(ClusterStatus status, ClusterStatus.Node node) {
        return status.leader().filter(node.nodeId()::equals).isPresent();
    }

    static void details(Output out, ClusterAdmin.View view) {
        ClusterStatus status = view.status();
        if (!view.clustered()) {
            out.text("a standalone node, " + status.nodeId() + ", in no cluster\n");
            return;
        }
        line(out, "cluster", status.cluster() + " (" + status.clusterId() + ")");
        line(out, "as seen by", status.nodeId() + ", " + role(status));
        line(out, "leader", status.leader().orElse("none") + ", epoch " + status.epoch());
        line(out, "min in sync", status.minInSync() + " of " + status.nodes().size());
        line(out, "consul", status.coordinatorReachable() ? "answers" : "does not answer");
        line(out, "writes", view.takesWrites() ? "accepted" : "not accepted");
        out.text(row("NODE", "HOST", "STATE", "LAG"));
        for (ClusterStatus.Node node : status.nodes()) {
            out.text(row(
                    node.nodeId(),
                    node.address().host() + ":" + node.address().grpcPort(),
                    state(status, node),
                    node.lagRecords().isPresent()
                            ? NumberFormats.grouped(node.lagRecords().getAsLong())
                            : "-"));
        }
        status.alarms().forEach(alarm -> out.text("alarm: " + alarm + "\n"));
    }

    private static String state(ClusterStatus status, ClusterStatus.Node node) {
        if (node.decommissioned()) {
            return "decommissioned";
        }
        if (!node.alive()) {
            return node.inSync() ? "offline, in sync" : "offline";
        }
        String state = leads(status, node) ? "leader" : "follower";
        return state + (node.inSync() ? ", in sync" : "") + (node.lagging() ? ", lagging" : "");
    }

    private static String row(String node, String host, String state, String lag) {
        return String.format(Locale.ROOT, "%-20s %-28s %-20s %10s%n", node, host, state, lag);
    }

    private static void line(Output out, String name, String value) {
        out.text(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }

    /** Prints the last line of a command that has no result of its own. */
    static void done(Terminal terminal, boolean json, String what) throws IOException {
        Output out = new Output(terminal.out());
        if (json) {
            out.json().begin().field("done", what).endLine();
        } else {
            out.text(what + "\n");
        }
        out.flush();
    }
}

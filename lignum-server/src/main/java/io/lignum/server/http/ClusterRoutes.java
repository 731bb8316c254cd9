package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.javalin.http.Context;
import io.lignum.cluster.ClusterStatus;
import io.lignum.server.service.ClusterOverview;
import io.lignum.server.service.NodeAlarm;
import io.lignum.server.service.ServiceException;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@code /api/cluster}: members and state of the cluster. Called on a thread of Jetty's pool. */
final class ClusterRoutes {

    private final Answers answers;
    private final HttpExecutors work;

    ClusterRoutes(Answers answers, HttpExecutors work) {
        this.answers = answers;
        this.work = work;
    }

    void status(Context context) {
        Query query = Query.of(context, Set.of("view"));
        ClusterOverview membership = RequestSession.of(context).overview();
        CompletableFuture<ClusterStatus> status = switch (query.text("view", "node")) {
            case "node" -> CompletableFuture.completedFuture(membership.status());
            case "leader" -> membership.leaderStatus();
            default -> throw ServiceException.invalid("view", "view must be node or leader");
        };
        context.future(() -> work.answer(
                status,
                (known, error) -> error != null
                        ? answers.error(context, error)
                        : answers.json(context, Json.bytes(out -> write(out, known, membership)))));
    }

    private static void write(JsonGenerator out, ClusterStatus status, ClusterOverview membership)
            throws IOException {
        out.writeStartObject();
        out.writeBooleanField("clustered", membership.isClustered());
        out.writeStringField("cluster", status.cluster());
        out.writeStringField("cluster_id", status.clusterId());
        out.writeStringField("node_id", status.nodeId());
        out.writeStringField("role", role(status.role()));
        out.writeNumberField("epoch", status.epoch());
        out.writeStringField("leader", status.leader().orElse(null));
        out.writeBooleanField("writes", membership.takesWrites());
        out.writeBooleanField("linearizable", membership.takesLinearizableReads());
        out.writeBooleanField("coordinator_reachable", status.coordinatorReachable());
        out.writeNumberField("min_in_sync", status.minInSync());
        strings(out, "in_sync", status.inSync());
        out.writeArrayFieldStart("nodes");
        for (ClusterStatus.Node node : status.nodes()) {
            write(out, node, status);
        }
        out.writeEndArray();
        strings(out, "alarms", status.alarms());
        out.writeArrayFieldStart("node_alarms");
        for (NodeAlarm alarm : membership.alarms()) {
            out.writeStartObject();
            out.writeStringField("code", alarm.kind().name());
            out.writeStringField("text", alarm.text());
            out.writeNumberField("since_ms", alarm.since().toEpochMilli());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    static String role(ClusterStatus.Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    private static void strings(JsonGenerator out, String name, Iterable<String> values)
            throws IOException {
        out.writeArrayFieldStart(name);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }

    private static void write(JsonGenerator out, ClusterStatus.Node node, ClusterStatus status)
            throws IOException {
        out.writeStartObject();
        out.writeStringField("node_id", node.nodeId());
        out.writeStringField("host", node.address().host());
        out.writeNumberField("http_port", node.address().httpPort());
        out.writeNumberField("grpc_port", node.address().grpcPort());
        out.writeNumberField("internal_port", node.address().internalPort());
        out.writeBooleanField(
                "leader", status.leader().filter(node.nodeId()::equals).isPresent());
        out.writeBooleanField("alive", node.alive());
        out.writeBooleanField("in_sync", node.inSync());
        out.writeBooleanField("registered", node.registered());
        known(out, "lag_records", node.lagRecords());
        known(out, "silent_ms", node.silentMillis());
        out.writeBooleanField("lagging", node.lagging());
        out.writeBooleanField("decommissioned", node.decommissioned());
        out.writeStringField("incarnation", node.incarnation());
        out.writeEndObject();
    }

    private static void known(JsonGenerator out, String name, OptionalLong value)
            throws IOException {
        if (value.isPresent()) {
            out.writeNumberField(name, value.getAsLong());
        } else {
            out.writeNullField(name);
        }
    }
}

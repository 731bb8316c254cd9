package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.cluster.ClusterStatus;
import io.lignum.server.service.ClusterOverview;
import io.lignum.server.service.LogService;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Routes about the node itself. They answer even when the node is at its limits. Called on a thread
 * of Jetty's pool.
 */
final class NodeRoutes {

    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final LogService service;
    private final Answers answers;
    private final Supplier<Iterator<String>> metrics;

    NodeRoutes(LogService service, Answers answers, Supplier<Iterator<String>> metrics) {
        this.service = service;
        this.answers = answers;
        this.metrics = metrics;
    }

    void ping(Context context) {
        context.contentType("text/plain").result("PONG");
    }

    void metrics(Context context) {
        Iterator<String> text = metrics.get();
        context.future(() -> answers.text(context, PROMETHEUS, text));
    }

    /** Whether the process runs and its threads make progress; 503 names those that do not. */
    void live(Context context) {
        List<String> problems = service.problems();
        byte[] body = Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("status", problems.isEmpty() ? "live" : "not live");
            if (!problems.isEmpty()) {
                out.writeArrayFieldStart("problems");
                for (String problem : problems) {
                    out.writeString(problem);
                }
                out.writeEndArray();
            }
            out.writeEndObject();
        });
        context.status(problems.isEmpty() ? 200 : 503).contentType(Answers.JSON).result(body);
    }

    /** Whether the node serves reads, and with {@code writes=true} also writes. */
    void ready(Context context) {
        Query query = Query.of(context, Set.of("writes"));
        boolean ready = service.isReady();
        Optional<ClusterOverview> known = service.knownMembership();
        boolean writes = service.takesWrites();
        boolean enough = query.flag("writes") ? writes : ready;
        Optional<String> whyFull = service.whyDiskFull();
        byte[] body = Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("status", enough ? "ready" : "not ready");
            if (known.isPresent()) {
                ClusterStatus status = known.get().status();
                out.writeStringField("role", ClusterRoutes.role(status.role()));
                out.writeNumberField("epoch", status.epoch());
                out.writeBooleanField("writes", writes);
                out.writeBooleanField("diskFull", whyFull.isPresent());
                out.writeBooleanField(
                        "linearizable", ready && known.get().takesLinearizableReads());
            }
            if (whyFull.isPresent()) {
                out.writeArrayFieldStart("problems");
                out.writeString(whyFull.get());
                out.writeEndArray();
            }
            out.writeEndObject();
        });
        context.status(enough ? 200 : 503).contentType(Answers.JSON).result(body);
    }

    void openApi(Context context) {
        try (InputStream file = NodeRoutes.class.getResourceAsStream("openapi.yaml")) {
            if (file == null) {
                throw new IllegalStateException("openapi.yaml is missing from the jar");
            }
            context.contentType("application/yaml").result(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the jar cannot be read", e);
        }
    }
}

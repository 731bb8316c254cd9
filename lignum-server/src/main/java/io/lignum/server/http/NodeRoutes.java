package io.lignum.server.http;

import io.javalin.http.Context;
import io.lignum.server.service.LogService;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** What is asked about the node itself. These answer even when it is full. */
final class NodeRoutes {

    private final LogService service;
    private final Supplier<String> metrics;

    NodeRoutes(LogService service, Supplier<String> metrics) {
        this.service = service;
        this.metrics = metrics;
    }

    void ping(Context context) {
        context.contentType("text/plain").result("PONG");
    }

    void metrics(Context context) {
        context.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.get());
    }

    /** The process runs. */
    void live(Context context) {
        context.contentType(Answers.JSON).result("{\"status\":\"live\"}");
    }

    /** The node takes calls. */
    void ready(Context context) {
        boolean ready = service.isReady();
        context.status(ready ? 200 : 503)
                .contentType(Answers.JSON)
                .result(ready ? "{\"status\":\"ready\"}" : "{\"status\":\"not ready\"}");
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

package io.lignum.bench.work;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One message per POST over persistent connections, each waiting for its response. One thread
 * drives all of them, since the generator and the node share the machine.
 */
final class HttpPost implements Work {

    private final WorkSettings settings;
    private final Scratch scratch;
    private final StandaloneNode node;
    private final byte[] request;

    HttpPost(WorkSettings settings) throws IOException {
        this.settings = settings;
        scratch = new Scratch(settings.directory(), "node");
        node = StandaloneNode.start(settings, scratch.path().resolve("data"));
        String message = "x".repeat(settings.integer("size"));
        String body = "{\"topic\":\"bench\",\"message\":\"" + message + "\"}";
        request = ("POST /api/message HTTP/1.1\r\nHost: localhost\r\n"
                        + "Content-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Longer than a round, since a node answers its first requests in the interpreter. */
    @Override
    public void prepare() throws IOException {
        run(settings.number("warmup"));
    }

    @Override
    public Sample round() throws IOException {
        return run(settings.number("millis"));
    }

    private Sample run(long millis) throws IOException {
        try (Selector selector = Selector.open()) {
            List<HttpConnection> connections = new ArrayList<>();
            try {
                for (int i = 0; i < settings.integer("connections"); i++) {
                    connections.add(new HttpConnection(selector, node.httpPort(), request));
                }
                return run(selector, connections, millis * 1_000_000);
            } finally {
                for (HttpConnection connection : connections) {
                    connection.close();
                }
            }
        }
    }

    private Sample run(Selector selector, List<HttpConnection> connections, long nanos)
            throws IOException {
        double cpu = node.cpuSeconds();
        Meter meter = new Meter();
        long start = System.nanoTime();
        for (HttpConnection connection : connections) {
            connection.send();
        }
        while (System.nanoTime() - start < nanos) {
            selector.select(key -> ((HttpConnection) key.attachment()).readable());
            for (HttpConnection connection : connections) {
                connection.rethrow();
            }
        }
        long answers = 0;
        for (HttpConnection connection : connections) {
            answers += connection.answers();
        }
        Sample sample = Sample.of(meter.rate(answers).value());
        return sample.with("node's CPU us each", (node.cpuSeconds() - cpu) * 1e6 / answers);
    }

    @Override
    public void close() throws IOException {
        node.close();
        scratch.close();
    }
}

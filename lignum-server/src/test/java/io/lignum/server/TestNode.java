package io.lignum.server;

import io.lignum.server.config.ConfigLoader;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A real node on free ports of the loopback, with helpers for tests. */
public final class TestNode implements AutoCloseable {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(30))
            .build();

    private final LignumNode node;

    private TestNode(LignumNode node) {
        this.node = node;
    }

    /** On another disk. */
    public static TestNode start(Path directory, Disk disk) {
        return new TestNode(LignumNode.start(loader(directory).load(), new SystemCluster() {
            @Override
            public Disk disk() {
                return disk;
            }
        }));
    }

    /** Settings are key, value, key, value ... */
    public static TestNode start(Path directory, String... settings) {
        return new TestNode(LignumNode.start(loader(directory, settings).load()));
    }

    private static ConfigLoader loader(Path directory, String... settings) {
        ConfigLoader loader = new ConfigLoader()
                .set("server.host", "127.0.0.1")
                .set("server.port", "0")
                .set("server.grpc-port", "0")
                .set("message.data-dir", directory.toString());
        for (int i = 0; i < settings.length; i += 2) {
            loader.set(settings[i], settings[i + 1]);
        }
        return loader;
    }

    public LignumNode node() {
        return node;
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + node.httpPort() + pathAndQuery);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request("GET", path, null, headers));
    }

    /** A GET with a body, as the original's clients send it. */
    public HttpResponse<String> getWithBody(String path, @Nullable String body) {
        return send(request("GET", path, body));
    }

    public HttpResponse<String> post(String path, @Nullable String body, String... headers) {
        return send(request("POST", path, body, headers));
    }

    public HttpResponse<String> call(String method, String path, @Nullable String body) {
        return send(request(method, path, body));
    }

    public HttpRequest request(
            String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return builder.build();
    }

    public static HttpResponse<String> send(HttpRequest request) {
        return send(request, BodyHandlers.ofString());
    }

    public static <T> HttpResponse<T> send(
            HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        return send(CLIENT, request, handler);
    }

    /** The same by another client. */
    public static <T> HttpResponse<T> send(
            HttpClient client, HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public static HttpClient client() {
        return CLIENT;
    }

    /** Opens a connection to the HTTP port; reads time out after 30 s. */
    public Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.httpPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Sends bytes and reads until the node closes the connection. */
    public String exchange(String raw) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(raw.getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        node.close();
    }
}

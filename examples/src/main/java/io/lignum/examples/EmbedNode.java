package io.lignum.examples;

import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs a node inside a program and uses it over HTTP. Argument: a directory; default a temporary
 * one.
 */
public final class EmbedNode {

    private EmbedNode() {}

    /** Starts a node on free ports, posts a message and reads it back. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path directory = arguments.length > 0
                ? Path.of(arguments[0])
                : Files.createTempDirectory("lignum-example");
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory))) {
            HttpClient http = HttpClient.newHttpClient();
            URI messages = URI.create("http://127.0.0.1:" + node.httpPort() + "/api/message");
            HttpResponse<String> posted = http.send(
                    HttpRequest.newBuilder(messages)
                            .POST(BodyPublishers.ofString(
                                    "{\"topic\":\"orders\",\"message\":\"one coffee\"}"))
                            .build(),
                    BodyHandlers.ofString());
            System.out.println(posted.body());
            HttpResponse<String> read = http.send(
                    HttpRequest.newBuilder(URI.create(messages + "?topic=orders&from=0&to=10"))
                            .build(),
                    BodyHandlers.ofString());
            System.out.println(read.body());
        }
    }
}

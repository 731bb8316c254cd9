package io.lignum.server.cli;

import io.lignum.client.LignumClient;
import io.lignum.record.IoErrors;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Which node a command talks to. */
final class Connect {

    static final String VARIABLE = "LIGNUM_CONNECT";

    private static final String DEFAULT = "localhost:9080";
    private static final int DEFAULT_PORT = 9080;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "HOST:PORT[,HOST:PORT...]",
            description = "gRPC port of the node, or of several nodes of a cluster; else $"
                    + VARIABLE + ", else " + DEFAULT)
    private String server = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long an answer may take (default: 10s)")
    private Duration timeout = Duration.ofSeconds(10);

    Duration timeout() {
        return timeout;
    }

    String address(Terminal terminal) {
        return server.isEmpty() ? terminal.environment().getOrDefault(VARIABLE, DEFAULT) : server;
    }

    /**
     * A client of the node or nodes. Knocks first: the client itself would go on trying for a node
     * that may come back, and a human wants to know at once that there is none.
     */
    LignumClient open(Terminal terminal) {
        if (timeout.isZero()) {
            throw CommandFailure.usage("--timeout must be more than 0");
        }
        List<String> addresses =
                Stream.of(address(terminal).split(",", -1)).map(String::strip).toList();
        List<URI> nodes = addresses.stream().map(Connect::parse).toList();
        knockAtAny(nodes);
        return LignumClient.builder()
                .addresses(addresses)
                .requestTimeout(timeout)
                .build();
    }

    /** One that answers is enough; what is told if none does is about the last. */
    private void knockAtAny(List<URI> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            try {
                knock(nodes.get(i));
                return;
            } catch (CommandFailure nobodyThere) {
                if (i == nodes.size() - 1) {
                    throw nobodyThere;
                }
            }
        }
    }

    private void knock(URI uri) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        String host = uri.getHost().replaceAll("[\\[\\]]", "");
        try (Socket socket = new Socket()) {
            InetSocketAddress target = new InetSocketAddress(host, port);
            if (target.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            int millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
            socket.connect(target, millis);
        } catch (UnknownHostException e) {
            throw CommandFailure.failed("there is no host '" + host + "'; " + hint());
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "no node answers at " + host + ":" + port + " (" + IoErrors.describe(e)
                            + "). Is one running? Start it with: lignum serve; " + hint());
        }
    }

    private static String hint() {
        return "another one is named with --server HOST:PORT or " + VARIABLE;
    }

    private static URI parse(String address) {
        try {
            URI uri = new URI("lignum://" + address);
            boolean plain = String.valueOf(uri.getRawPath()).isEmpty() && uri.getUserInfo() == null;
            if (uri.getHost() != null && plain && uri.getPort() <= 65_535 && uri.getPort() != 0) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw notAnAddress(address);
        }
        throw notAnAddress(address);
    }

    private static CommandFailure notAnAddress(String address) {
        return CommandFailure.usage("'" + address + "' is not HOST:PORT, as localhost:9080 is");
    }

    /** The value of a future, or what it failed with. */
    static <T> T await(CompletableFuture<T> future) {
        return future.join();
    }
}

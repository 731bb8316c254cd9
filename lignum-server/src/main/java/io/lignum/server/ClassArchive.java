package io.lignum.server;

import io.lignum.record.Utf8;
import io.lignum.server.cli.Terminal;
import io.lignum.server.config.ServerConfig;

import picocli.CommandLine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Loads the classes for the class archive: starts a node, sends and reads a message over HTTP and
 * gRPC, runs the commands for that, does the same in a cluster of two nodes, and loads what a node
 * needs for Consul. {@code make build} runs it with {@code -XX:ArchiveClassesAtExit}, or with
 * {@code -XX:AOTCacheOutput} and more records if the JVM has it. With the archive a node or command
 * needs half the processor time until it is ready.
 */
final class ClassArchive {

    private static final String CLASS = ".class";

    /** Records for each kind of topic of the cluster, unless the first argument is a number. */
    private static final int RECORDS = 20;

    private static final String OURS = "io/lignum/cluster/";

    /** Additional classes of a node of a cluster. */
    private static final List<String> OF_CLUSTERS =
            List.of(OURS, "org/kiwiproject/consul/", "okhttp3/", "okio/");

    private ClassArchive() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("lignum-archive");
        try (LignumNode node = LignumNode.start(ServerConfig.embedded(directory.resolve("data")))) {
            URI messages = URI.create("http://127.0.0.1:" + node.httpPort() + "/api/message");
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest post = HttpRequest.newBuilder(messages)
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"topic\":\"t\",\"message\":\"m\"}"))
                    .build();
            HttpRequest get = HttpRequest.newBuilder(URI.create(messages + "?topic=t&from=0&to=1"))
                    .build();
            for (HttpRequest request : new HttpRequest[] {post, get}) {
                int status = client.send(request, BodyHandlers.ofString()).statusCode();
                if (status != 200) {
                    throw new IllegalStateException(request + " was answered with " + status);
                }
            }
            String server = "localhost:" + node.grpcPort();
            command("m\n", "produce", "t", "--quiet", "--server", server);
            command("", "tail", "t", "--server", server);
            command("", "topic", "describe", "t", "--server", server);
            command("", "--help");
            TrainingCluster.run(
                    directory.resolve("cluster"),
                    args.length == 0 ? RECORDS : Integer.parseInt(args[0]));
            withoutConsul(directory.resolve("without-consul"));
        } finally {
            delete(directory);
        }
    }

    /**
     * Starts a node of a cluster whose Consul is unreachable. The classes that it would load with
     * answers of Consul and at a leader transfer, while clients wait, are loaded by name.
     */
    private static void withoutConsul(Path directory) throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, here)) {
            closed = socket.getLocalPort();
        }
        ServerConfig config =
                ServerConfig.embeddedInCluster(directory, here.getHostAddress(), closed);
        try (LignumNode node = LignumNode.start(config);
                JarFile jar = new JarFile(jar().toFile())) {
            if (node.internalPort().isEmpty()) {
                throw new IllegalStateException("the node is not in a cluster");
            }
            jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(CLASS))
                    .filter(name -> OF_CLUSTERS.stream().anyMatch(name::startsWith))
                    .map(name -> name.substring(0, name.length() - CLASS.length()))
                    .forEach(name -> load(name.replace('/', '.'), name.startsWith(OURS)));
        }
    }

    private static Path jar() {
        return Path.of(URI.create(ClassArchive.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    /** Loads a class, unless it belongs to another platform or to a missing library. */
    private static void load(String name, boolean initialize) {
        try {
            Class.forName(name, initialize, ClassArchive.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError notHere) {
            // A node would not load it either.
        }
    }

    /** Runs a command, which loads its own classes and those of the client. */
    private static void command(String input, String... args) {
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(Utf8.encode(input)),
                OutputStream.nullOutputStream(),
                new PrintWriter(Writer.nullWriter()),
                Map.of(),
                false,
                false);
        CommandLine line = CommandLines.withAllCommands(terminal);
        line.setOut(new PrintWriter(Writer.nullWriter()));
        int code = line.execute(args);
        if (code != ExitCode.OK) {
            throw new IllegalStateException(List.of(args) + " ended with " + code);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            paths.sorted(Comparator.reverseOrder()).forEach(ClassArchive::deleteOne);
        }
    }

    private static void deleteOne(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

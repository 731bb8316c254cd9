package io.lignum.bench.server;

import io.lignum.bench.work.Node;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka: broker and controller in one process, from a class path of its own. */
final class KafkaServer {

    /** What its own start script gives the JVM. */
    private static final List<String> FLAGS = List.of(
            "-Xms1G",
            "-Xmx1G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private static final String CLUSTER = "bGlnbnVtLWJlbmNoLWthZg";

    private KafkaServer() {}

    static Server start(Settings settings) throws IOException, InterruptedException {
        Path directory = settings.directory();
        int port = Ports.free();
        Path config = directory.resolve("server.properties");
        Files.write(config, config(settings, port, Ports.free()));
        format(settings, config);
        List<String> command = java(settings, FLAGS);
        command.addAll(List.of("kafka.Kafka", config.toString()));
        ServerProcess process = ServerProcess.start(command, directory.resolve("kafka.log"));
        process.await(() -> Ports.answer(port, apiVersionsRequest()));
        return new Server(process, () -> new KafkaClients(settings, "127.0.0.1:" + port));
    }

    private static List<String> config(Settings settings, int port, int controllerPort) {
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=1",
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:"
                        + controllerPort,
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + settings.directory().resolve("kafka"),
                "auto.create.topics.enable=false",
                // A deleted topic is off the disk before the next contender's round.
                "log.segment.delete.delay.ms=0",
                "offsets.topic.replication.factor=1"));
        if (settings.text("fsync").equals("yes")) {
            lines.add("log.flush.interval.messages=1");
        }
        return lines;
    }

    private static void format(Settings settings, Path config)
            throws IOException, InterruptedException {
        Path log = settings.directory().resolve("format.log");
        List<String> command = java(settings, List.of());
        command.addAll(List.of(
                "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", config.toString()));
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("Kafka did not format its directory:\n" + Files.readString(log));
        }
    }

    private static List<String> java(Settings settings, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Node.java());
        command.addAll(flags);
        command.add("-cp");
        command.add(Files.readString(Path.of(settings.text("kafka"))).strip());
        return command;
    }

    /** ApiVersions, version 0: what a client asks first; answered once requests are handled. */
    private static byte[] apiVersionsRequest() {
        ByteBuffer request = ByteBuffer.allocate(14);
        request.putInt(10);
        request.putShort((short) 18).putShort((short) 0);
        request.putInt(1); // correlation id
        request.putShort((short) -1); // no client id
        return request.array();
    }
}

package io.lignum.bench.server;

import io.lignum.bench.work.Ports;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.StandaloneNode;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Apache Kafka: broker and controller in one process, with its own class path. */
final class KafkaServer {

    /** The JVM flags of Kafka's start script. */
    private static final List<String> FLAGS = List.of(
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private static final String CLUSTER = "bGlnbnVtLWJlbmNoLWthZg";

    /** A broker to be started. */
    private record Broker(int id, int port, int controllerPort) {
        static List<Broker> some(int count) throws IOException {
            List<Broker> all = new ArrayList<>();
            for (int id = 1; id <= count; id++) {
                all.add(new Broker(id, Ports.free(), Ports.free()));
            }
            return all;
        }

        String voter() {
            return id + "@127.0.0.1:" + controllerPort;
        }
    }

    private KafkaServer() {}

    static Server start(WorkSettings settings) throws IOException, InterruptedException {
        return start(settings, "1g", 1);
    }

    /** Starts three brokers: three replicas, acknowledged while two are in sync. */
    static Server startCluster(WorkSettings settings) throws IOException, InterruptedException {
        return start(settings, settings.text("heap"), 3);
    }

    private static Server start(WorkSettings settings, String heap, int count)
            throws IOException, InterruptedException {
        List<Broker> brokers = Broker.some(count);
        List<ServerProcess> processes = new ArrayList<>();
        try {
            List<Path> configs = new ArrayList<>();
            for (Broker broker : brokers) {
                configs.add(prepare(
                        settings, broker, brokers)); // All first, since they wait for each other.
            }
            for (Path config : configs) {
                processes.add(launch(settings, heap, config));
            }
            for (int i = 0; i < count; i++) {
                int port = brokers.get(i).port();
                processes.get(i).await(() -> Ports.answer(port, apiVersionsRequest()));
            }
        } catch (IOException e) {
            ServerProcess.end(processes);
            throw e;
        }
        String addresses = brokers.stream()
                .map(broker -> "127.0.0.1:" + broker.port())
                .collect(Collectors.joining(","));
        return new Server(processes, () -> new KafkaClients(settings, addresses, (short) count));
    }

    /** Writes the configuration of a broker and formats its directory. */
    private static Path prepare(WorkSettings settings, Broker broker, List<Broker> all)
            throws IOException, InterruptedException {
        Path config = settings.directory().resolve("broker-" + broker.id() + ".properties");
        Files.write(config, config(settings, broker, all));
        format(settings, config);
        return config;
    }

    private static ServerProcess launch(WorkSettings settings, String heap, Path config)
            throws IOException {
        List<String> command = java(settings, FLAGS);
        command.addAll(1, List.of("-Xms" + heap, "-Xmx" + heap));
        command.addAll(List.of("kafka.Kafka", config.toString()));
        return ServerProcess.start(
                command, settings.directory().resolve(config.getFileName() + ".log"));
    }

    private static List<String> config(WorkSettings settings, Broker broker, List<Broker> all) {
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=" + broker.id(),
                "listeners=PLAINTEXT://127.0.0.1:" + broker.port() + ",CONTROLLER://127.0.0.1:"
                        + broker.controllerPort(),
                "controller.quorum.voters="
                        + all.stream().map(Broker::voter).collect(Collectors.joining(",")),
                "controller.listener.names=CONTROLLER",
                "log.dirs=" + settings.directory().resolve("kafka-" + broker.id()),
                "auto.create.topics.enable=false",
                "min.insync.replicas=" + (all.size() / 2 + 1),
                // Deletes files of a topic before the next contender's round.
                "log.segment.delete.delay.ms=0",
                "offsets.topic.replication.factor=1"));
        if (settings.text("fsync").equals("yes")) {
            lines.add("log.flush.interval.messages=1");
        }
        return lines;
    }

    private static void format(WorkSettings settings, Path config)
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

    private static List<String> java(WorkSettings settings, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(StandaloneNode.java());
        command.addAll(flags);
        command.add("-cp");
        command.add(Files.readString(Path.of(settings.text("kafka"))).strip());
        return command;
    }

    /** ApiVersions, version 0, which a broker answers once it handles requests. */
    private static byte[] apiVersionsRequest() {
        ByteBuffer request = ByteBuffer.allocate(14);
        request.putInt(10);
        request.putShort((short) 18).putShort((short) 0);
        request.putInt(1); // correlation id
        request.putShort((short) -1); // no client id
        return request.array();
    }
}

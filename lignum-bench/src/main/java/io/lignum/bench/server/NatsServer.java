package io.lignum.bench.server;

import io.lignum.bench.work.Ports;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** NATS with JetStream on files and default settings otherwise. */
final class NatsServer {

    static final String PROGRAM = "nats-server";

    private NatsServer() {}

    static Server start(WorkSettings settings) throws IOException {
        int port = Ports.free();
        ServerProcess process = launch(settings, "nats", port, List.of());
        await(process, port);
        return Server.of(process, () -> new NatsClients("nats://127.0.0.1:" + port, 1));
    }

    /** Starts three servers; each stream has three replicas. */
    static Server startCluster(WorkSettings settings) throws IOException {
        List<Integer> ports = List.of(Ports.free(), Ports.free(), Ports.free());
        List<Integer> inner = List.of(Ports.free(), Ports.free(), Ports.free());
        String routes = addresses(inner);
        List<ServerProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < ports.size(); i++) {
                List<String> cluster = List.of(
                        "--server_name",
                        "nats-" + i,
                        "--cluster_name",
                        "bench",
                        "--cluster",
                        "nats://127.0.0.1:" + inner.get(i),
                        "--routes",
                        routes);
                processes.add(launch(settings, "nats-" + i, ports.get(i), cluster));
            }
            for (int i = 0; i < ports.size(); i++) {
                await(processes.get(i), ports.get(i));
            }
        } catch (IOException e) {
            ServerProcess.end(processes);
            throw e;
        }
        return new Server(processes, () -> new NatsClients(addresses(ports), ports.size()));
    }

    private static String addresses(List<Integer> ports) {
        return ports.stream()
                .map(port -> "nats://127.0.0.1:" + port)
                .collect(Collectors.joining(","));
    }

    private static ServerProcess launch(
            WorkSettings settings, String name, int port, List<String> more) throws IOException {
        Path directory = settings.directory();
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException(PROGRAM + " is not installed"));
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--addr",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--jetstream",
                "--store_dir",
                directory.resolve(name).toString()));
        command.addAll(more);
        return ServerProcess.start(command, directory.resolve(name + ".log"));
    }

    /** The server sends first, as soon as it accepts connections. */
    private static void await(ServerProcess process, int port) throws IOException {
        process.await(() -> Ports.answer(port, new byte[0]));
    }
}

package io.lignum.bench.server;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** NATS with JetStream on files, otherwise with its default settings. */
final class NatsServer {

    static final String PROGRAM = "nats-server";

    private NatsServer() {}

    static Server start(Settings settings) throws IOException {
        Path directory = settings.directory();
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException(PROGRAM + " is not installed"));
        int port = Ports.free();
        ServerProcess process = ServerProcess.start(
                List.of(
                        program.toString(),
                        "--addr",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--jetstream",
                        "--store_dir",
                        directory.resolve("nats").toString()),
                directory.resolve("nats.log"));
        // It speaks first, as soon as it takes connections.
        process.await(() -> Ports.answer(port, new byte[0]));
        return new Server(process, () -> new NatsClients("nats://127.0.0.1:" + port));
    }
}

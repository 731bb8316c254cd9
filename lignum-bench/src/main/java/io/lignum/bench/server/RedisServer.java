package io.lignum.bench.server;

import io.lignum.bench.work.Ports;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Redis with an append-only file, without rewriting and without snapshots. */
final class RedisServer {

    static final String PROGRAM = "redis-server";

    private RedisServer() {}

    static Server start(WorkSettings settings) throws IOException {
        Path directory = settings.directory();
        Path program = ServerProcess.find(PROGRAM)
                .orElseThrow(() -> new IOException(PROGRAM + " is not installed"));
        Path data = Files.createDirectories(directory.resolve("redis"));
        int port = Ports.free();
        ServerProcess process = ServerProcess.start(
                List.of(
                        program.toString(),
                        "--bind",
                        "127.0.0.1",
                        "--port",
                        Integer.toString(port),
                        "--dir",
                        data.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "yes",
                        "--appendfsync",
                        settings.text("fsync").equals("yes") ? "always" : "everysec",
                        "--auto-aof-rewrite-percentage",
                        "0"),
                directory.resolve("redis.log"));
        byte[] ping = "PING\r\n".getBytes(StandardCharsets.US_ASCII);
        process.await(() -> Ports.answer(port, ping));
        return Server.of(process, () -> new RedisClients(port));
    }
}

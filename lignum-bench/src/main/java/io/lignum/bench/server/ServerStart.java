package io.lignum.bench.server;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Starts a server on an empty directory, and measures it again after an idle time. */
final class ServerStart implements Work {

    private final WorkSettings settings;

    ServerStart(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                Server server = Server.start(
                        settings.with(WorkSettings.of("dir=" + scratch.path(), "fsync=no")))) {
            if (settings.text("measure").equals("start")) {
                return Sample.of(server.process().startSeconds())
                        .with("CPU s", server.process().cpuSeconds());
            }
            TimeUnit.MILLISECONDS.sleep(settings.number("idle"));
            return Sample.of(server.process().residentMebibytes());
        }
    }
}

package io.lignum.bench.work;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Starts a node on an empty directory, and measures it again after an idle time. */
final class NodeStart implements Work {

    private final WorkSettings settings;
    private final Path archive;

    NodeStart(WorkSettings settings) {
        this.settings = settings;
        archive = settings.directory().resolve("lignum.jsa");
    }

    /** Creates the class archive that {@code make build} creates too, and bin/lignum uses. */
    @Override
    public void prepare() throws IOException, InterruptedException {
        if (settings.text("archive").equals("yes")) {
            int code = new ProcessBuilder(
                            StandaloneNode.java(),
                            "-XX:ArchiveClassesAtExit=" + archive,
                            "-Xlog:disable",
                            "-cp",
                            settings.text("jar"),
                            "io.lignum.server.ClassArchive")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (code != 0 || !Files.exists(archive)) {
                throw new IOException("no archive of classes, exit code " + code);
            }
        }
    }

    private String[] flags() {
        return Files.exists(archive)
                ? new String[] {"-XX:SharedArchiveFile=" + archive, "-Xshare:auto"}
                : new String[0];
    }

    @Override
    public Sample round() throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                StandaloneNode node =
                        StandaloneNode.start(settings, scratch.path().resolve("data"), flags())) {
            Sample ready = node.ready();
            if (settings.text("measure").equals("start")) {
                return ready.with("CPU s", node.cpuSeconds());
            }
            TimeUnit.MILLISECONDS.sleep(settings.number("idle"));
            return Sample.of(node.residentMebibytes());
        }
    }
}

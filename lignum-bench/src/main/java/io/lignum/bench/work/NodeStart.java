package io.lignum.bench.work;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Starts a node on an empty directory, and looks at it again after it idled for a while. */
final class NodeStart implements Work {

    private final Settings settings;

    NodeStart(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws IOException, InterruptedException {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                Node node = Node.start(settings, scratch.path().resolve("data"))) {
            Sample ready = node.ready();
            if (settings.text("measure").equals("start")) {
                return ready.with("CPU s", node.cpuSeconds());
            }
            TimeUnit.MILLISECONDS.sleep(settings.number("idle"));
            return Sample.of(node.residentMebibytes());
        }
    }
}

package io.lignum.bench.work;

import com.sun.management.UnixOperatingSystemMXBean;

import io.lignum.record.LogRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Many topics with a few records each, opened after an unclean stop. */
final class LignumTopics implements Work {

    private static final int RECORDS_EACH = 3;
    private static final int MAX_IN_FLIGHT = 1000;
    private static final double MIB = 1 << 20;

    private final WorkSettings settings;

    LignumTopics(WorkSettings settings) {
        this.settings = settings;
    }

    static void fill(WorkSettings settings) throws IOException {
        Meter meter = new Meter();
        LogStore store = Lignum.open(store(settings));
        byte[] value = Payload.of(settings.integer("size"));
        Lignum.InFlight<Long> inFlight = new Lignum.InFlight<>(MAX_IN_FLIGHT);
        for (int i = 0; i < settings.integer("topics"); i++) {
            TopicLog log = store.openOrCreate("topic-" + i);
            for (int j = 0; j < RECORDS_EACH; j++) {
                inFlight.add(log.appendAsync(LogRecord.of(value)));
            }
        }
        inFlight.drain();
        Files.writeString(created(settings), Double.toString(meter.seconds().value()));
    }

    private static Path store(WorkSettings settings) {
        return settings.directory().resolve("store");
    }

    private static Path created(WorkSettings settings) {
        return settings.directory().resolve("created");
    }

    @Override
    public Sample round() throws IOException {
        Meter meter = new Meter();
        try (LogStore store = LogStore.open(store(settings))) {
            Sample sample = meter.seconds();
            check(store);
            System.gc();
            double heap =
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            UnixOperatingSystemMXBean system =
                    ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class);
            return sample.with(
                            "created in s", Double.parseDouble(Files.readString(created(settings))))
                    .with("heap MiB", heap / MIB)
                    .with("files open", (double) system.getOpenFileDescriptorCount())
                    .with("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    private void check(LogStore store) {
        for (TopicLog log : store.topics()) {
            if (log.readableEndOffset() != RECORDS_EACH) {
                throw new IllegalStateException(log.name() + " ends at " + log.readableEndOffset());
            }
        }
        if (store.topics().size() != settings.integer("topics")) {
            throw new IllegalStateException("found " + store.topics().size() + " topics");
        }
    }
}

package io.lignum.bench.work;

import io.lignum.record.LogRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

/** Threads that append one record each and wait until it is on disk. */
final class LignumDurable implements Work {

    private final WorkSettings settings;

    LignumDurable(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws Exception {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                LogStore store = Lignum.open(scratch.path())) {
            TopicLog log = Lignum.topic(store, settings);
            byte[] value = Payload.of(settings.integer("size"));
            return Blocked.run(settings, thread -> {
                LogRecord record = LogRecord.of(value);
                return () -> log.append(record);
            });
        }
    }
}

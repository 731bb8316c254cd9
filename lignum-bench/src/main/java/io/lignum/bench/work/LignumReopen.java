package io.lignum.bench.work;

import io.lignum.record.StoredRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.RecoveryReport;
import io.lignum.storage.StoreConfig;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;

import java.util.concurrent.atomic.AtomicLong;

/** Measures from opening the store after an unclean stop until its last record is read. */
final class LignumReopen implements Work {

    private final WorkSettings settings;

    LignumReopen(WorkSettings settings) {
        this.settings = settings;
    }

    static void fill(WorkSettings settings) {
        LogStore store = Lignum.open(settings.directory());
        Lignum.fill(Lignum.topic(store, settings), settings);
    }

    @Override
    public Sample round() {
        AtomicLong scanned = new AtomicLong();
        StoreConfig config = StoreConfig.DEFAULT.toBuilder()
                .listener(new StoreListener() {
                    @Override
                    public void recovered(TopicLog log, RecoveryReport report) {
                        scanned.addAndGet(report.scannedBytes());
                    }
                })
                .build();
        Meter meter = new Meter();
        try (LogStore store = LogStore.open(settings.directory(), config)) {
            TopicLog log = store.topic(Lignum.TOPIC);
            long end = log.readableEndOffset();
            StoredRecord last = log.read(end - 1).iterator().next();
            Sample sample = meter.seconds();
            if (end != settings.number("records") || last.offset() != end - 1) {
                throw new IllegalStateException("found " + end + " records");
            }
            return sample.with("checked MiB", scanned.get() / (double) (1 << 20));
        }
    }
}

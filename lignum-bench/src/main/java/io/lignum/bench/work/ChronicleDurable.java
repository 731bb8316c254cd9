package io.lignum.bench.work;

import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Each thread appends with its own appender, and syncs after each record. */
final class ChronicleDurable implements Work {

    private final WorkSettings settings;

    ChronicleDurable(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws Exception {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                ChronicleQueue queue = Chronicle.openSynced(scratch.path())) {
            List<AutoCloseable> appenders = Collections.synchronizedList(new ArrayList<>());
            try {
                return Blocked.run(settings, thread -> {
                    ExcerptAppender appender = queue.createAppender();
                    // The owner check would reject the main thread, which only closes it.
                    appender.singleThreadedCheckDisabled(true);
                    appenders.add(appender);
                    byte[] value = Payload.of(settings.integer("size"));
                    return () -> {
                        ChronicleAppend.append(appender, value);
                        appender.sync();
                    };
                });
            } finally {
                for (AutoCloseable appender : appenders) {
                    appender.close();
                }
            }
        }
    }
}

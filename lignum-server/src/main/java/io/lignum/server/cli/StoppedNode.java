package io.lignum.server.cli;

import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.SecurityStateMachine;
import io.lignum.cluster.InternalTopics;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.storage.LogInspector;
import io.lignum.storage.TopicInspector;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Reads the users and grants of a node that does not run, from its data directory. */
final class StoppedNode {

    private static final int MAX_BATCH_BYTES = 64 << 20;

    private StoppedNode() {}

    /**
     * Returns the users and grants as of the node's last record about them; in a cluster another
     * node may know more. Empty: the node runs.
     */
    static Optional<SecurityState> users(Path dataDirectory) throws IOException {
        if (!Files.isDirectory(dataDirectory) || !Offline.isDataDirectory(dataDirectory)) {
            return Optional.of(SecurityState.EMPTY); // It was never started.
        }
        LogInspector inspector = Offline.open(dataDirectory, true);
        if (inspector.holder().isPresent()) {
            return Optional.empty();
        }
        for (TopicInspector topic : inspector.topics()) {
            if (topic.name().equals(InternalTopics.SECURITY)) {
                return Optional.of(read(topic));
            }
        }
        return Optional.of(SecurityState.EMPTY);
    }

    private static SecurityState read(TopicInspector topic) throws IOException {
        AtomicReference<@Nullable SecurityStateMachine> machine = new AtomicReference<>();
        topic.visit(0, Long.MAX_VALUE, false, (batch, file, position) -> {
            SecurityStateMachine known = machine.get();
            if (known == null) { // A snapshot holds what was before the first record.
                known = new SecurityStateMachine(batch.baseOffset());
                machine.set(known);
            }
            apply(batch, known);
            return true;
        });
        SecurityStateMachine last = machine.get();
        return last == null ? SecurityState.EMPTY : last.state();
    }

    private static void apply(RecordBatch batch, SecurityStateMachine machine) {
        RecordCursor records = batch.records(MAX_BATCH_BYTES);
        while (records.next()) {
            byte[] value = records.value();
            if (value != null) {
                machine.apply(
                        records.offset(),
                        SecurityJson.decode(new String(value, StandardCharsets.UTF_8)));
            }
        }
    }
}

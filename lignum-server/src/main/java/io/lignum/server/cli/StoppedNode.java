package io.lignum.server.cli;

import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityState;
import io.lignum.access.state.SecurityStateMachine;
import io.lignum.cluster.InternalTopics;
import io.lignum.record.RecordCursor;
import io.lignum.storage.LogInspector;
import io.lignum.storage.TopicInspector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
        SecurityStateMachine machine = new SecurityStateMachine();
        for (TopicInspector topic : inspector.topics()) {
            if (topic.name().equals(InternalTopics.SECURITY)) {
                apply(topic, machine);
            }
        }
        return Optional.of(machine.state());
    }

    private static void apply(TopicInspector topic, SecurityStateMachine machine)
            throws IOException {
        topic.visit(0, Long.MAX_VALUE, false, (batch, file, position) -> {
            RecordCursor records = batch.records(MAX_BATCH_BYTES);
            while (records.next()) {
                byte[] value = records.value();
                if (value != null) {
                    machine.apply(
                            records.offset(),
                            SecurityJson.decode(new String(value, StandardCharsets.UTF_8)));
                }
            }
            return true;
        });
    }
}

package io.lignum.cluster.peer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What one node asks another outside the stream. Each kind has its {@link PeerResponse}, or fails
 * with {@link PeerException}.
 */
public sealed interface PeerRequest {

    /**
     * How far are you? Asked before an election and by status. Answer:
     * {@link PeerResponse.Progress}.
     */
    record LogEndRequest(Member asker, int epoch) implements PeerRequest {}

    /**
     * What continues my log? For a new leader's wal topics (R29). Answer:
     * {@link PeerResponse.Batches}, without bytes when the log asked does not go on where this one
     * ends.
     *
     * @param lastEpoch of the asker's last batch; empty for an empty log
     * @param fromOffset the asker's log end offset
     */
    record Continuation(
            Member asker,
            int epoch,
            UUID topic,
            OptionalInt lastEpoch,
            long fromOffset,
            int maxBytes)
            implements PeerRequest {}

    /**
     * Up to where must I have read to see everything acknowledged (R25)? Answer:
     * {@link PeerResponse.ReadUpTo}.
     */
    record ReadIndex(Member asker, int epoch, UUID topic) implements PeerRequest {}

    /**
     * Append this on my client's behalf. Answer: {@link PeerResponse.Appended}.
     *
     * @param batch one built record batch, not stamped; from position to limit
     * @param expectedEnd append only if the log ends here
     * @param mayCreate whether the topic may be created
     */
    record Append(
            Member asker,
            int epoch,
            String topic,
            ByteBuffer batch,
            OptionalLong expectedEnd,
            boolean mayCreate)
            implements PeerRequest {}

    /**
     * Do what only a leader does: create, alter or delete a topic, and what the operator asks for.
     * Answer: {@link PeerResponse.Done}.
     *
     * @param command which, in the words of the cluster's own vocabulary
     * @param arguments of the command
     */
    record Command(Member asker, int epoch, String command, List<String> arguments)
            implements PeerRequest {
        public Command {
            arguments = List.copyOf(arguments);
        }
    }
}

package io.lignum.client;

import java.util.UUID;

/**
 * A topic as a node describes it.
 *
 * @param spec the name and all settings
 * @param id assigned at creation; a topic that is deleted and created again has another id
 * @param logStart the log start offset
 * @param logEnd the exclusive end of what readers see
 * @param written the offset of the next record; beyond {@code logEnd} while appends wait for
 *     acknowledgement
 * @param sizeBytes the bytes on disk
 * @param segmentCount the number of segments
 * @param copiesAtAck how many nodes at least have a record when it is acknowledged
 */
public record TopicDescription(
        TopicSpec spec,
        UUID id,
        long logStart,
        long logEnd,
        long written,
        long sizeBytes,
        int segmentCount,
        int copiesAtAck) {

    /** The name of the topic. */
    public String name() {
        return spec.name();
    }

    /** The number of records that can be read. */
    public long recordCount() {
        return logEnd - logStart;
    }
}

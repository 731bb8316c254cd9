package io.lignum.client;

import java.util.UUID;

/**
 * A topic as the node has it.
 *
 * @param spec its name and every setting
 * @param id given at creation; a topic deleted and created again has another
 * @param logStart first offset that can be read, inclusive
 * @param logEnd first offset that cannot be read yet, exclusive
 * @param written offset of the next record; beyond logEnd while appends wait for acknowledgement
 * @param sizeBytes bytes on the disk
 * @param segmentCount files that hold them
 * @param copiesAtAck on at least so many nodes a record is before it is acknowledged
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

    public String name() {
        return spec.name();
    }

    /** Records that can be read. */
    public long recordCount() {
        return logEnd - logStart;
    }
}

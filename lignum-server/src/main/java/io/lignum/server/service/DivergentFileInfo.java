package io.lignum.server.service;

import java.util.Optional;

/**
 * A side file of records that a failover cut from a log because the leader had others.
 *
 * @param name the name by which calls refer to the file
 * @param topicId of its topic
 * @param topic empty: there is no topic of that id any more
 * @param epoch of the last record
 * @param from first offset, as it was in the log
 * @param to end, exclusive
 */
public record DivergentFileInfo(
        String name,
        String topicId,
        Optional<String> topic,
        int epoch,
        long from,
        long to,
        long sizeInBytes) {}

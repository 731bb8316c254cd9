package io.lignum.server.service;

import java.util.Optional;

/**
 * Records that were cut off a log because the leader had others, and kept aside.
 *
 * @param name what it is called in calls
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

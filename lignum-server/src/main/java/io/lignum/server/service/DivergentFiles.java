package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Resource;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.InternalTopics;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;
import io.lignum.server.config.Limits;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.DivergentReader;
import io.lignum.storage.DivergentTotals;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicLog;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Serves the files under {@code divergent/} of the data directory to operators: what this node cut
 * off its logs because the leader's differ (R20), such as the tail of a wal topic that a failed
 * leader had not shipped (R30). The engine finds and reads the files; this class maps them to the
 * API.
 *
 * <p>Any thread; calls block on the disk, and {@link #republish} on the appends.
 */
public final class DivergentFiles {

    /** More are not listed. */
    public static final int MAX_LISTED = 1_000;

    private final NodeState state;
    private final AppendService producer;
    private final Limits limits;
    private final Permissions permissions;

    DivergentFiles(
            NodeState state, AppendService producer, Limits limits, Permissions permissions) {
        this.state = state;
        this.producer = producer;
        this.limits = limits;
        this.permissions = permissions;
    }

    /**
     * Some of a file's record batches, as they were in the log.
     *
     * @param next the offset to go on from; the file's end when there is no more
     */
    public record Chunk(DivergentFileInfo file, byte[] batches, long next) {}

    /**
     * What became of a file's records.
     *
     * @param firstOffset of the first one in the topic
     */
    public record Republished(String topic, long records, long firstOffset) {}

    /** By topic, then by offset; at most {@link #MAX_LISTED}. */
    public List<DivergentFileInfo> list() {
        requireOperator();
        return state.store().divergent().stream()
                .filter(file -> !isInternal(file))
                .map(this::describe)
                .filter(file -> file.topic()
                        .map(topic -> permissions.sees(Resource.topic(topic)))
                        .orElse(true))
                .limit(MAX_LISTED)
                .toList();
    }

    /** How many files there are, and their bytes; cheap enough for every scrape of the metrics. */
    public DivergentTotals totals() {
        requireOperator();
        return state.store().divergentTotals();
    }

    /** What became of the node's own topics is of no use to operators, and may hold secrets. */
    private boolean isInternal(io.lignum.storage.DivergentFile file) {
        return state.store()
                .findTopic(file.topicId())
                .filter(InternalTopics::isInternal)
                .isPresent();
    }

    /** The records need the right to read their topic; if that was deleted, the right to any. */
    private void requireRead(io.lignum.storage.DivergentFile file) {
        Optional<String> topic = describe(file).topic();
        if (topic.isPresent()) {
            permissions.requireTopic(Action.READ, topic.get());
        } else {
            permissions.require(Action.SECURE, Resource.CLUSTER);
        }
    }

    private void requireOperator() {
        permissions.require(Action.OPERATE, Resource.CLUSTER);
    }

    private DivergentFileInfo describe(io.lignum.storage.DivergentFile file) {
        return new DivergentFileInfo(
                file.name(),
                file.topicId().toString(),
                state.store().findTopic(file.topicId()).map(TopicLog::name),
                file.epoch(),
                file.from(),
                file.to(),
                file.bytes());
    }

    private io.lignum.storage.DivergentFile find(String name) {
        return state.store()
                .findDivergent(name)
                .filter(file -> !isInternal(file))
                .orElseThrow(() -> ServiceException.invalid(
                        "name", "there is no divergent file " + name + " on this node"));
    }

    /** The batches that hold records from {@code offset} on, as many as fit one answer. */
    public Chunk read(String name, long offset) {
        requireOperator();
        io.lignum.storage.DivergentFile source = find(name);
        requireRead(source);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long next = Math.max(offset, source.from());
        try (DivergentReader reader = source.open()) {
            while (reader.next()) {
                RecordBatch batch = reader.batch();
                if (batch.nextOffset() <= next) {
                    continue;
                }
                if (bytes.size() > 0
                        && bytes.size() + batch.sizeInBytes() > limits.readMaxBytes()) {
                    break;
                }
                byte[] copy = new byte[batch.sizeInBytes()];
                batch.slice().get(copy);
                bytes.write(copy, 0, copy.length);
                next = batch.nextOffset();
            }
        }
        return new Chunk(
                describe(source), bytes.toByteArray(), bytes.size() == 0 ? source.to() : next);
    }

    /**
     * Appends a file's records to a topic as new ones, batch by batch, and waits for each. The file
     * stays.
     *
     * @param into empty: the topic they came from
     */
    public Republished republish(String name, Optional<String> into) {
        requireOperator();
        io.lignum.storage.DivergentFile source = find(name);
        requireRead(source);
        String topic = into.or(() -> describe(source).topic())
                .orElseThrow(() -> ServiceException.invalid(
                        "topic",
                        "the topic they came from was deleted: name one to append them to"));
        permissions.requireTopic(Action.WRITE, topic);
        if (state.store().findTopic(topic).isEmpty()) {
            permissions.requireTopic(Action.CREATE, topic);
        }
        long records = 0;
        long first = 0;
        try (DivergentReader reader = source.open()) {
            while (reader.next()) {
                List<LogRecord> batch = recordsOf(reader.batch());
                AppendResult produced = append(topic, batch, records);
                first = records == 0 ? produced.firstOffset() : first;
                records += batch.size();
            }
        }
        if (records == 0) {
            throw ServiceException.refused(
                    ErrorCode.CORRUPT_LOG, "no record can be read from " + name);
        }
        permissions.changed("republish", name + " to topic " + topic, "done");
        return new Republished(topic, records, first);
    }

    /** The records of a batch, without the producer that they came from. */
    private List<LogRecord> recordsOf(RecordBatch batch) {
        List<LogRecord> records = new ArrayList<>();
        RecordCursor cursor = batch.records(limits.batchMaxUncompressedBytes());
        while (cursor.next()) {
            StoredRecord record = cursor.toRecord();
            records.add(LogRecord.of(record.key(), record.value())
                    .withHeaders(record.headers())
                    .withTimestamp(record.timestamp()));
        }
        return records;
    }

    private AppendResult append(String topic, List<LogRecord> batch, long before) {
        try {
            return producer.produce(topic, batch, AppendOptions.NONE, NotLeaderPolicy.FORWARD)
                    .join();
        } catch (RuntimeException e) {
            ServiceException cause = ServiceException.of(e);
            throw ServiceException.caused(
                    cause.code(),
                    before == 0 ? cause.outcome() : Outcome.UNKNOWN,
                    cause.getMessage() + "; " + before + " records were appended before",
                    cause);
        }
    }
}

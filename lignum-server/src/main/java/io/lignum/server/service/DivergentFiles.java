package io.lignum.server.service;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;
import io.lignum.server.config.Limits;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogInspector;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files under {@code divergent/} of the data directory: what this node cut off its logs because
 * the leader's differ (R20), such as the tail of a wal topic that a failed leader had not shipped
 * (R30). Any thread; calls block on the disk, and the thread must never be interrupted.
 */
public final class DivergentFiles {

    /** More are not listed. */
    public static final int MAX_LISTED = 1_000;

    private static final String DIRECTORY = "divergent";

    /** As the engine names them; nothing else is ever looked at, whatever a client sends. */
    private static final Pattern NAME = Pattern.compile(
            "([0-9a-f-]{36})/([0-9]{1,10})-([0-9]{1,19})-([0-9]{1,19})(\\.[0-9]+)?");

    private final NodeState state;
    private final Producer producer;
    private final Limits limits;

    DivergentFiles(NodeState state, Producer producer, Limits limits) {
        this.state = state;
        this.producer = producer;
        this.limits = limits;
    }

    /**
     * Some of a file's record batches, as they were in the log.
     *
     * @param next the offset to go on from; the file's end when there is no more
     */
    public record Chunk(DivergentFile file, byte[] batches, long next) {}

    /**
     * What became of a file's records.
     *
     * @param firstOffset of the first one in the topic
     */
    public record Republished(String topic, long records, long firstOffset) {}

    /** By topic, then by offset; at most {@link #MAX_LISTED}. */
    public List<DivergentFile> list() {
        Path root = state.directory().resolve(DIRECTORY);
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(root, 2)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> describe(root.relativize(path).toString()))
                    .flatMap(Optional::stream)
                    .sorted((a, b) -> a.topicId().equals(b.topicId())
                            ? Long.compare(a.from(), b.from())
                            : a.topicId().compareTo(b.topicId()))
                    .limit(MAX_LISTED)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<DivergentFile> describe(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            Path path = state.directory().resolve(DIRECTORY).resolve(name);
            return Optional.of(new DivergentFile(
                    name,
                    parts.group(1),
                    topicOf(state.store(), parts.group(1)),
                    Integer.parseInt(parts.group(2)),
                    Long.parseLong(parts.group(3)),
                    Long.parseLong(parts.group(4)),
                    Files.size(path)));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty(); // Gone meanwhile, or not of our making.
        }
    }

    private static Optional<String> topicOf(LogStore store, String id) {
        return store.topics().stream()
                .filter(topic -> topic.id().toString().equals(id))
                .map(TopicLog::name)
                .findFirst();
    }

    /** ServiceException if there is none of that name. */
    public DivergentFile describeExisting(String name) {
        return describe(name)
                .orElseThrow(() -> ServiceException.invalid(
                        "name", "there is no divergent file " + name + " on this node"));
    }

    /** The batches that hold records from {@code offset} on, as many as fit one answer. */
    public Chunk read(String name, long offset) {
        DivergentFile file = describeExisting(name);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long[] next = {Math.max(offset, file.from())};
        visit(name, next[0], batch -> {
            int size = batch.sizeInBytes();
            if (bytes.size() > 0 && bytes.size() + size > limits.readMaxBytes()) {
                return false;
            }
            ByteBuffer slice = batch.slice();
            byte[] copy = new byte[size];
            slice.get(slice.position(), copy, 0, size);
            bytes.write(copy, 0, size);
            next[0] = batch.nextOffset();
            return true;
        });
        return new Chunk(file, bytes.toByteArray(), bytes.size() == 0 ? file.to() : next[0]);
    }

    private interface Visitor {
        boolean visit(RecordBatch batch);
    }

    private void visit(String name, long from, Visitor visitor) {
        Path path = state.directory().resolve(DIRECTORY).resolve(name);
        try {
            LogInspector.of(path)
                    .topics()
                    .get(0)
                    .visit(from, Long.MAX_VALUE, false, (batch, file, at) -> visitor.visit(batch));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Appends a file's records to a topic as new ones, batch by batch, and waits for it. The file
     * stays.
     *
     * @param into empty: the topic they came from
     */
    public Republished republish(String name, Optional<String> into) {
        DivergentFile file = describeExisting(name);
        String topic = into.or(file::topic)
                .orElseThrow(() -> ServiceException.invalid(
                        "topic", "the topic they came from is gone: name one to append them to"));
        long records = 0;
        long first = -1;
        long next = file.from();
        while (next < file.to()) {
            List<LogRecord> batch = new ArrayList<>();
            next = collect(name, next, batch);
            if (batch.isEmpty()) {
                break;
            }
            Produced produced = append(topic, batch, records);
            first = records == 0 ? produced.firstOffset() : first;
            records += batch.size();
        }
        if (records == 0) {
            throw ServiceException.refused(
                    ErrorCode.CORRUPT_LOG, "no record can be read from " + name);
        }
        return new Republished(topic, records, first);
    }

    /** The records of the next batch, without the producer that they once came from. */
    private long collect(String name, long from, List<LogRecord> into) {
        long[] next = {from};
        visit(name, from, batch -> {
            RecordCursor cursor = batch.records(limits.batchMaxUncompressedBytes());
            while (cursor.next()) {
                StoredRecord record = cursor.toRecord();
                into.add(LogRecord.of(record.key(), record.value())
                        .withHeaders(record.headers())
                        .withTimestamp(record.timestamp()));
            }
            next[0] = batch.nextOffset();
            return false;
        });
        return next[0];
    }

    private Produced append(String topic, List<LogRecord> batch, long before) {
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

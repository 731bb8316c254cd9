package io.lignum.storage;

import io.lignum.record.Utf8;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;
import io.lignum.storage.internal.segment.Crc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Holds a topic's name, id and settings, and reads and writes them. The file in the topic's
 * directory has {@code key=value} lines of text that people can read; the first names the format,
 * the last is a CRC-32C of those before.
 */
record TopicMeta(UUID id, String name, TopicConfig config) {

    static final String FILE = "topic.meta";

    private static final int VERSION = 1;
    private static final String FORMAT = "lignum-topic";
    private static final String CRC = "crc32c";
    private static final String BEFORE_MAX = "timestamp-before-max-ms";
    private static final String AFTER_MAX = "timestamp-after-max-ms";
    private static final String NO_BOUND = "none";
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_NAME = 249;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_NAME + "}");

    /**
     * Checks a name: letters, digits, '.', '_', '-'. Names never become paths, so the rule serves
     * people and metrics.
     */
    static void checkName(String name) {
        if (name.isEmpty()) {
            throw new StorageException.InvalidTopic("the topic's name is empty");
        }
        if (!isName(name)) {
            throw new StorageException.InvalidTopic("a topic's name is 1 to " + MAX_NAME
                    + " of a-z A-Z 0-9 . _ - and neither \".\" nor \"..\"; this one has "
                    + name.length() + " characters");
        }
    }

    private static boolean isName(String name) {
        return NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
    }

    /** Writes the file; durable under its name once the directory is forced. */
    void write(Disk disk, Path directory) throws IOException {
        StringBuilder text = new StringBuilder(FORMAT + "=" + VERSION + "\n");
        fields().forEach((key, value) ->
                text.append(key).append('=').append(value).append('\n'));
        ByteBuffer body = ByteBuffer.wrap(Utf8.encode(text.toString()));
        text.append(CRC)
                .append('=')
                .append(Integer.toHexString(Crc.of(body, 0, body.limit())))
                .append('\n');
        SmallFile.replace(
                disk, directory.resolve(FILE), ByteBuffer.wrap(Utf8.encode(text.toString())), true);
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", id.toString());
        fields.put("name", name);
        fields.put("durability", config.durability().name());
        fields.put("segment-max-records", Long.toString(config.segmentMaxRecords()));
        fields.put("segment-max-bytes", Long.toString(config.segmentMaxBytes()));
        fields.put("segment-max-age-ms", Long.toString(config.segmentMaxAge().toMillis()));
        config.retentionBytes()
                .ifPresent(bytes -> fields.put("retention-bytes", Long.toString(bytes)));
        config.retentionAge()
                .ifPresent(age -> fields.put("retention-age-ms", Long.toString(age.toMillis())));
        fields.put("live", Boolean.toString(config.live()));
        fields.put("quorum-count", Long.toString(config.quorumCount()));
        fields.put(BEFORE_MAX, text(config.timestamps().beforeMax()));
        fields.put(AFTER_MAX, text(config.timestamps().afterMax()));
        return fields;
    }

    private static String text(Optional<Duration> bound) {
        return bound.map(duration -> Long.toString(duration.toMillis())).orElse(NO_BOUND);
    }

    /** The bound in a file. Files of earlier releases have no bounds, and get the default. */
    private static Optional<Duration> bound(
            Map<String, String> fields, String key, Optional<Duration> standard) {
        String text = fields.get(key);
        if (text == null) {
            return standard;
        }
        return text.equals(NO_BOUND)
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(Long.parseLong(text)));
    }

    static TopicMeta read(Disk disk, Path directory) throws IOException {
        Path path = directory.resolve(FILE);
        ByteBuffer bytes = SmallFile.read(disk, path, MAX_BYTES);
        String text = StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            int version = Integer.parseInt(fields.getOrDefault(FORMAT, "0"));
            if (version > VERSION) {
                throw new StorageException.UnsupportedFormat(path, version, VERSION);
            }
            int crcLine = text.lastIndexOf(CRC + "=");
            int crc = Crc.of(bytes, 0, Math.max(0, crcLine));
            if (version < 1
                    || crcLine < 0
                    || crc != Integer.parseUnsignedInt(fields.getOrDefault(CRC, ""), 16)) {
                throw new StorageException.CorruptLog(path, 0, "the topic's settings are damaged");
            }
            return decode(fields);
        } catch (IllegalArgumentException e) {
            throw new StorageException.CorruptLog(
                    path, 0, "the topic's settings are damaged: " + e.getMessage());
        }
    }

    private static TopicMeta decode(Map<String, String> fields) {
        TopicConfig config = new TopicConfig(
                Durability.valueOf(fields.getOrDefault("durability", "")),
                Long.parseLong(fields.getOrDefault("segment-max-records", "")),
                Long.parseLong(fields.getOrDefault("segment-max-bytes", "")),
                Duration.ofMillis(Long.parseLong(fields.getOrDefault("segment-max-age-ms", ""))),
                fields.containsKey("retention-bytes")
                        ? OptionalLong.of(
                                Long.parseLong(fields.getOrDefault("retention-bytes", "")))
                        : OptionalLong.empty(),
                Optional.ofNullable(fields.get("retention-age-ms"))
                        .map(ms -> Duration.ofMillis(Long.parseLong(ms))),
                Boolean.parseBoolean(fields.get("live")),
                Long.parseLong(fields.getOrDefault("quorum-count", "")),
                new TimestampBounds(
                        bound(fields, BEFORE_MAX, TimestampBounds.DEFAULT.beforeMax()),
                        bound(fields, AFTER_MAX, TimestampBounds.DEFAULT.afterMax())));
        String name = fields.getOrDefault("name", "");
        if (!isName(name)) {
            throw new IllegalArgumentException("its name is not a valid topic name");
        }
        return new TopicMeta(UUID.fromString(fields.getOrDefault("id", "")), name, config);
    }
}

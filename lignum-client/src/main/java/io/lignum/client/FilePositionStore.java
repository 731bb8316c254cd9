package io.lignum.client;

import io.lignum.record.IoErrors;
import io.lignum.record.Utf8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps positions in text files in one directory, one file for each consumer and topic. A hash of
 * both names is the file's name, since a consumer's name may not be valid as one. Each save
 * replaces the file and forces it to the disk, so a crash leaves the old position or the new one.
 */
public final class FilePositionStore implements PositionStore {

    /**
     * The first lines of the two formats. The second format has the topic's id in its last line.
     */
    private static final List<String> VERSIONS = List.of("lignum position 1", "lignum position 2");

    private final Path directory;

    private FilePositionStore(Path directory) {
        this.directory = directory;
    }

    /**
     * Uses this directory, and creates it if it does not exist.
     *
     * @throws UncheckedIOException the directory cannot be created
     */
    public static FilePositionStore in(Path directory) {
        try {
            return new FilePositionStore(Files.createDirectories(directory));
        } catch (IOException failed) {
            throw new UncheckedIOException(IoErrors.describe(failed), failed);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException the file cannot be read
     * @throws IllegalStateException the file does not contain a position of this consumer and topic
     */
    @Override
    public Optional<StoredPosition> load(String consumer, String topic) {
        Path file = file(consumer, topic);
        Optional<List<String>> found = Uninterrupted.call(() -> lines(file));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        List<String> lines = found.get();
        int version = VERSIONS.indexOf(lines.isEmpty() ? "" : lines.get(0)) + 1;
        if (version == 0
                || lines.size() != 3 + version
                || !lines.get(1).equals(escaped(consumer))
                || !lines.get(2).equals(escaped(topic))
                || !lines.get(3).matches("[0-9]{1,19}")) {
            throw new IllegalStateException(file + " does not contain a position of consumer "
                    + consumer + " in topic " + topic);
        }
        try {
            return Optional.of(new StoredPosition(
                    Long.parseLong(lines.get(3)),
                    version == 1 ? Optional.empty() : Optional.of(UUID.fromString(lines.get(4)))));
        } catch (IllegalArgumentException malformed) {
            throw new IllegalStateException(
                    file + " does not contain a valid offset and topic id", malformed);
        }
    }

    private static Optional<List<String>> lines(Path file) throws IOException {
        try {
            return Optional.of(Files.readAllLines(file));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException the file cannot be written
     */
    @Override
    public void save(String consumer, String topic, StoredPosition position) {
        Path file = file(consumer, topic);
        StringBuilder text = new StringBuilder();
        text.append(VERSIONS.get(position.topicId().isPresent() ? 1 : 0)).append('\n');
        text.append(escaped(consumer)).append('\n').append(escaped(topic)).append('\n');
        text.append(position.nextOffset()).append('\n');
        position.topicId().ifPresent(id -> text.append(id).append('\n'));
        byte[] bytes = Utf8.encode(text.toString());
        Uninterrupted.call(() -> {
            replace(file, bytes);
            return bytes;
        });
    }

    private void replace(Path file, byte[] bytes) throws IOException {
        Path temporary = directory.resolve(file.getFileName() + ".new");
        write(temporary, bytes);
        Files.move(
                temporary,
                file,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        forceDirectory();
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /* A name takes one line of the file, whatever characters it contains. */
    private static String escaped(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private Path file(String consumer, String topic) {
        byte[] names = Utf8.encode(consumer.length() + ":" + consumer + topic);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(names);
            return directory.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".position");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}

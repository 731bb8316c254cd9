package io.lignum.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * Positions as small text files in one directory, one for each consumer and topic: named by a hash,
 * since names of consumers need not be names of files. A file is replaced as a whole and forced to
 * the disk, so a crash leaves the old position or the new one.
 */
public final class FilePositionStore implements PositionStore {

    private static final String FORMAT = "lignum position 1";

    private final Path directory;

    private FilePositionStore(Path directory) {
        this.directory = directory;
    }

    /**
     * In this directory, which is created if it is not there.
     *
     * @throws UncheckedIOException it cannot be created
     */
    public static FilePositionStore in(Path directory) {
        try {
            return new FilePositionStore(Files.createDirectories(directory));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException the file cannot be read
     * @throws IllegalStateException what is in it is no position of this consumer and topic
     */
    @Override
    public OptionalLong load(String consumer, String topic) {
        Path file = file(consumer, topic);
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException none) {
            return OptionalLong.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        if (lines.size() != 4
                || !lines.get(0).equals(FORMAT)
                || !lines.get(1).equals(escaped(consumer))
                || !lines.get(2).equals(escaped(topic))
                || !lines.get(3).matches("[0-9]{1,19}")) {
            throw new IllegalStateException(
                    file + " is no position of consumer " + consumer + " in topic " + topic);
        }
        try {
            return OptionalLong.of(Long.parseLong(lines.get(3)));
        } catch (NumberFormatException tooLarge) {
            throw new IllegalStateException(file + " holds no offset", tooLarge);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UncheckedIOException the file cannot be written
     */
    @Override
    public void save(String consumer, String topic, long nextOffset) {
        Checks.range("nextOffset", nextOffset, 0, Long.MAX_VALUE);
        Path file = file(consumer, topic);
        Path temporary = directory.resolve(file.getFileName() + ".new");
        String text = FORMAT + "\n" + escaped(consumer) + "\n" + escaped(topic) + "\n" + nextOffset
                + "\n";
        try {
            write(temporary, text);
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceDirectory();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void write(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
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

    /* One line each, whatever is in the name. */
    private static String escaped(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    private Path file(String consumer, String topic) {
        byte[] names =
                (consumer.length() + ":" + consumer + topic).getBytes(StandardCharsets.UTF_8);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(names);
            return directory.resolve(HexFormat.of().formatHex(hash, 0, 16) + ".position");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}

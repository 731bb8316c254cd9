package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Reads how many file handles this process may have (RLIMIT_NOFILE), from
 * {@code /proc/self/limits}. The limit can change while the process runs ({@code prlimit}), and is
 * of interest when no handle is free: so this object keeps the file open. Any thread.
 */
public final class OpenFilesLimit {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    /** The kernel writes about 1,300 bytes. */
    private static final int MOST_BYTES = 16 * 1024;

    /** Guarded by this object. Null where the file does not exist. Never closed. */
    private final @Nullable RandomAccessFile file;

    private OpenFilesLimit(@Nullable RandomAccessFile file) {
        this.file = file;
    }

    /** The soft limit now; empty where it is not known, or unlimited. */
    public static OptionalLong read() {
        try (RandomAccessFile file = new RandomAccessFile(LIMITS.toFile(), "r")) {
            return limit(file);
        } catch (IOException e) {
            return OptionalLong.empty(); // Not Linux, or no /proc: then there is no warning.
        }
    }

    static OpenFilesLimit open() {
        return open(LIMITS);
    }

    static OpenFilesLimit open(Path limits) {
        try {
            return new OpenFilesLimit(new RandomAccessFile(limits.toFile(), "r"));
        } catch (FileNotFoundException e) {
            return new OpenFilesLimit(null);
        }
    }

    /** The soft limit now, read without another file handle; empty as {@link #read}. */
    synchronized OptionalLong now() {
        try {
            return file == null ? OptionalLong.empty() : limit(file);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong limit(RandomAccessFile file) throws IOException {
        file.seek(0); // The kernel makes the text again.
        byte[] bytes = new byte[MOST_BYTES];
        int length = 0;
        for (int read = 0; read >= 0 && length < bytes.length; ) {
            length += read;
            read = file.read(bytes, length, bytes.length - length);
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()).strip().split("\\s+", 2)[0])
                .filter(soft -> soft.chars().allMatch(Character::isDigit))
                .mapToLong(Long::parseLong)
                .findFirst();
    }
}

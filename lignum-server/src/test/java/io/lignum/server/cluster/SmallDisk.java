package io.lignum.server.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of its own in memory that can be full. Needs root. One thread. */
final class SmallDisk implements AutoCloseable {

    private static final int BLOCK = 4096;

    private final Path directory;
    private final Thread atExit = new Thread(this::remove);

    SmallDisk(Path directory, int sizeMib) throws IOException {
        this.directory = Files.createDirectories(directory);
        RootCommand.run(
                "mount",
                "-t",
                "tmpfs",
                "-o",
                "size=" + sizeMib + "m,mode=700",
                "lignum-test",
                directory.toString());
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    Path directory() {
        return directory;
    }

    /** Fills it until so many bytes are free. */
    void fill(long leftBytes) {
        try (OutputStream ballast = Files.newOutputStream(ballast())) {
            while (freeBytes() > leftBytes) {
                ballast.write(new byte[BLOCK]);
            }
        } catch (IOException full) {
            // Another process has taken the last bytes, which has the same effect.
            System.out.println("filled: " + full.getMessage());
        }
    }

    /** Fills it again to the last byte, whatever has filled it before. */
    void fillMore() throws IOException {
        try (OutputStream ballast = Files.newOutputStream(
                ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (long free = freeBytes(); free > 0; free = freeBytes()) {
                ballast.write(new byte[(int) Math.min(free, 1 << 20)]);
            }
        }
    }

    long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    void freeSpace() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    /** Lazily, because a process that was killed a moment ago may still hold it. */
    private void remove() {
        RootCommand.attempt("umount", "--lazy", directory.toString());
    }

    @Override
    public void close() {
        remove();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}

package io.lignum.server.chaos;

import io.lignum.server.cluster.RootCommand;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system in a file, whose power can be cut: ext4 is shut down without writing its journal,
 * so unforced data is lost when it is mounted again. Needs root, loop devices, mkfs.ext4 and perl.
 * One thread.
 */
final class PowerDisk implements AutoCloseable {

    private static final long BYTES = 768L << 20;

    /** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH. */
    private static final String SHUTDOWN =
            "open(my $f, '<', $ARGV[0]) or die $!; my $v = pack('L', 2);"
                    + " ioctl($f, 0x8004587d, $v) or die $!;";

    private final Path image;
    private final Path directory;
    private final Thread atExit = new Thread(this::leave);

    /** Mounts an empty file system. */
    PowerDisk(Path image, Path directory) {
        this.image = image;
        this.directory = directory;
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
        make();
    }

    Path directory() {
        return directory;
    }

    private void make() {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(0);
            file.setLength(BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RootCommand.run("mkfs.ext4", "-q", "-F", image.toString());
        mount();
        RootCommand.run("rmdir", directory.resolve("lost+found").toString());
    }

    private void mount() {
        RootCommand.run("mount", "-o", "loop", image.toString(), directory.toString());
    }

    /** Its users must be stopped now, and must end before {@link #powerOn}. */
    void cutPower() {
        RootCommand.run("perl", "-e", SHUTDOWN, directory.toString());
    }

    /**
     * Mounts it again with what was forced, and without files that only filled the disk, since
     * their removal was not forced.
     */
    void powerOn() {
        RootCommand.run("umount", directory.toString());
        mount();
        freeSpace();
    }

    /** Replaces it by an empty one; no process may use it. */
    void clear() {
        RootCommand.run("find", directory.toString(), "-mindepth", "1", "-delete");
    }

    void fill() {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            RootCommand.run("fallocate", "-l", Long.toString(free), ballast().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void freeSpace() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file next to the data, in the same file system. */
    private Path ballast() {
        return directory.resolve("ballast");
    }

    private void leave() {
        RootCommand.attempt("umount", "--lazy", directory.toString());
    }

    @Override
    public void close() {
        leave();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}

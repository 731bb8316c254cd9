package io.lignum.storage.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Finds out whether an I/O error is a shortage, of room or of file handles. Java passes on no error
 * number, only the text that the C library has for it in the language of the process. So three
 * sources are asked, the cheapest first: the English texts; the texts that this process has for
 * errors which Linux makes on demand ({@code /dev/full} has no room, {@code /proc/self/mem} cannot
 * be read at address 0); and what else can be done at that moment, such as opening a file that is
 * always there.
 *
 * <p>Any thread.
 */
final class DiskErrors {

    private static final Path FULL_DEVICE = Path.of("/dev/full");
    private static final Path NULL_DEVICE = Path.of("/dev/null");
    private static final Path MEMORY = Path.of("/proc/self/mem");

    private static final OptionalLong HANDLES = OpenFilesLimit.read();

    /**
     * Texts that this process has for a disk or quota that is full; others are added as they are
     * found out.
     */
    private static final Set<String> FULL = new ConcurrentSkipListSet<>();

    /** Texts that this process has for a failed device. */
    private static final Set<String> FAILED = new ConcurrentSkipListSet<>();

    static {
        FAILED.add("input/output error");
        textOf(DiskErrors::readNoMemory).ifPresent(FAILED::add);
        FULL.add("no space left on device");
        FULL.add("disk quota exceeded");
        textOf(DiskErrors::writeToFullDevice)
                .filter(text -> !FAILED.contains(text))
                .ifPresent(FULL::add);
    }

    private interface Call {
        void run() throws IOException;
    }

    private DiskErrors() {}

    /** Learns now what could not be learned, nor loaded, when no file handle is free. */
    static void prepare() {
        var unused = new TooManyOpenFilesException("loads the class");
    }

    private static Optional<String> textOf(Call failing) {
        try {
            failing.run();
            return Optional.empty();
        } catch (IOException e) {
            return isOfTheDevice(e) ? Optional.of(text(e)) : Optional.empty();
        }
    }

    private static void writeToFullDevice() throws IOException {
        try (AsynchronousFileChannel device = NioDisk.open(FULL_DEVICE, StandardOpenOption.WRITE)) {
            NioDiskFile.await(device.write(ByteBuffer.allocate(1), 0));
        }
    }

    private static void readNoMemory() throws IOException {
        try (AsynchronousFileChannel memory = NioDisk.open(MEMORY, StandardOpenOption.READ)) {
            NioDiskFile.await(memory.read(ByteBuffer.allocate(1), 0));
        }
    }

    /** Not of a file system without that device, or of a sandbox that hides it. */
    private static boolean isOfTheDevice(IOException e) {
        return !(e instanceof FileSystemException) && e.getMessage() != null;
    }

    private static String text(IOException e) {
        String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
        return String.valueOf(reason).toLowerCase(Locale.ROOT).strip();
    }

    static boolean isFull(IOException e) {
        String text = text(e);
        return FULL.stream().anyMatch(text::contains);
    }

    /** What a failed write, creation or rename is. */
    static IOException translate(IOException e) {
        return isFull(e) ? full(e) : e;
    }

    private static DiskFullException full(IOException e) {
        return new DiskFullException(String.valueOf(e.getMessage()), e);
    }

    /**
     * What a failed write is.
     *
     * @param rewrite writes bytes again that the file has, and forces them; throws if that fails or
     *     there are none
     */
    static IOException translateWrite(IOException e, Rewrite rewrite) {
        String text = text(e);
        if (isFull(e)) {
            return full(e);
        }
        if (FAILED.contains(text) || !rewrite.succeeds()) {
            return e;
        }
        FULL.add(text); // It takes the bytes that it has, and none more.
        return full(e);
    }

    /** Whether the file takes the bytes again that it has. */
    interface Rewrite {
        boolean succeeds();
    }

    /** What a failed opening is. */
    static IOException translateOpen(IOException e, Path path) {
        if (e instanceof ShortageException || e instanceof NoSuchFileException) {
            return e;
        }
        if (text(e).contains("too many open files") || nothingOpens()) {
            String limit = HANDLES.isPresent() ? " of " + HANDLES.getAsLong() : "";
            return new TooManyOpenFilesException(
                    "no file handle is free to open " + path + ": the limit" + limit
                            + " (ulimit -n) is reached",
                    e);
        }
        return translate(e);
    }

    /** A device that anybody may open cannot be opened either. */
    private static boolean nothingOpens() {
        if (!Files.exists(NULL_DEVICE)) {
            return false;
        }
        try (AsynchronousFileChannel device = NioDisk.open(NULL_DEVICE, StandardOpenOption.READ)) {
            return !device.isOpen();
        } catch (IOException e) {
            return true;
        }
    }
}

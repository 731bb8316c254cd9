package io.lignum.storage.env;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens files, and recognises when a missing file handle prevents that. A call that creates a file,
 * or completes a change of names, waits a second for a handle, since other threads return some all
 * the time.
 */
final class Opening {

    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    interface Call<T> {
        T open() throws IOException;
    }

    private Opening() {}

    /**
     * Returns the result of {@code call}.
     *
     * @throws TooManyOpenFilesException no handle is free
     * @throws DiskFullException the disk is too full to create the file
     */
    static <T> T of(Path path, boolean patient, Call<T> call) throws IOException {
        long started = System.nanoTime();
        boolean again = true;
        while (true) {
            try {
                return call.open();
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                throw e;
            } catch (IOException e) {
                IOException failure = DiskErrors.translateOpen(e, path);
                boolean waits = failure instanceof TooManyOpenFilesException
                        && patient
                        && System.nanoTime() - started < TIMEOUT_NANOS;
                if (waits) {
                    pause();
                } else if (again && !(failure instanceof ShortageException)) {
                    again = false; // A shortage may have passed before it was recognised.
                } else {
                    throw failure;
                }
            }
        }
    }

    /** An interrupt would end the pause at once, so it is kept for the caller. */
    private static void pause() {
        boolean interrupted = Thread.interrupted();
        LockSupport.parkNanos(PAUSE_NANOS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.lignum.cluster.internal.state;

import io.lignum.record.Utf8;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.SmallFile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Stores the id of the session of a data directory's node, so that the next process can end it: the
 * lock of the directory proves that the previous process is dead, and the coordinator would find
 * that out later.
 *
 * <p>Best effort: nothing is forced. Without the file the session ends by its checks or its TTL.
 * Blocks on the disk.
 */
public final class SessionFile {

    public static final String NAME = "cluster.session";

    private static final Logger LOG = LoggerFactory.getLogger(SessionFile.class);

    private static final int MAX_BYTES = 64;

    private final Disk disk;
    private final Path path;

    public SessionFile(Disk disk, Path directory) {
        this.disk = disk;
        path = directory.resolve(NAME);
    }

    /** Empty if there is no file, or no valid id in it: a crash may leave any content. */
    public Optional<String> read() {
        try {
            if (disk.exists(path)) {
                String text = StandardCharsets.UTF_8
                        .decode(SmallFile.read(disk, path, MAX_BYTES))
                        .toString()
                        .strip();
                return Optional.of(UUID.fromString(text).toString());
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("{} cannot be used: {}", path, e.toString());
        }
        return Optional.empty();
    }

    void write(String session) {
        try {
            SmallFile.replace(disk, path, ByteBuffer.wrap(Utf8.encode(session + "\n")), false);
        } catch (IOException e) {
            LOG.debug("{} cannot be written: {}", path, e.toString());
        }
    }
}

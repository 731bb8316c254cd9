package io.lignum.server.security;

import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityJson;
import io.lignum.access.state.SecurityRecord;
import io.lignum.record.Utf8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file with the first administrator, which {@code lignum security init} writes for a node that
 * does not run. The node makes the change when it can, and deletes the file. It has one record of
 * the security log, as JSON. Any thread; blocks.
 */
public final class BootstrapFile {

    /** In the data directory. */
    public static final String NAME = "security.bootstrap";

    private static final int MAX_BYTES = 16 * 1024;
    private static final SmallJsonFile FILE = new SmallJsonFile(NAME, MAX_BYTES);

    private BootstrapFile() {}

    /**
     * Writes the file, readable by its owner only.
     *
     * @throws FileAlreadyExistsException there is such a file, which is not changed
     * @throws IllegalArgumentException the change is not one that creates an administrator
     */
    public static void write(Path dataDirectory, SecurityRecord record) throws IOException {
        checkChange(record);
        OwnerOnlyFiles.create(
                dataDirectory, NAME, ByteBuffer.wrap(Utf8.encode(SecurityJson.encode(record))));
    }

    /** The record; empty if there is no file, or if it cannot be used, which is logged once. */
    public static Optional<SecurityRecord> read(Path dataDirectory) {
        return FILE.read(dataDirectory, text -> {
            SecurityRecord record = SecurityJson.decode(text);
            checkChange(record);
            return record;
        });
    }

    private static void checkChange(SecurityRecord record) {
        if (!(record.change() instanceof SecurityChange.Bootstrap)) {
            throw new IllegalArgumentException("not a record that creates an administrator");
        }
    }

    /** Deletes the file if there is one. */
    public static void delete(Path dataDirectory) throws IOException {
        Files.deleteIfExists(dataDirectory.resolve(NAME));
    }
}

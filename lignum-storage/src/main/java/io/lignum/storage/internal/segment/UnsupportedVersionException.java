package io.lignum.storage.internal.segment;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Reports a side file with a format version of a later release. Recovery turns it into
 * UNSUPPORTED_FORMAT; the file stays as it is.
 */
public final class UnsupportedVersionException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String file;
    private final int version;
    private final int supported;

    public UnsupportedVersionException(Path file, int version, int supported) {
        super(file + " has format version " + version);
        this.file = file.toString();
        this.version = version;
        this.supported = supported;
    }

    public Path file() {
        return Path.of(file);
    }

    public int version() {
        return version;
    }

    /** The highest version that this release reads. */
    public int supported() {
        return supported;
    }
}

package io.lignum.storage.env;

/** Reports that the file system or a quota is full. Nothing else is wrong with the disk. */
public final class DiskFullException extends ShortageException {

    private static final long serialVersionUID = 1L;

    public DiskFullException(String message, Throwable cause) {
        super(message, cause);
    }

    public DiskFullException(String message) {
        super(message);
    }
}

package io.lignum.record;

/**
 * Reports why a batch was not built, read or accepted. Thrown before anything was applied: no byte
 * of a store has changed. The same bytes give the same error again, except {@link MissingCodec}
 * once the library is available.
 */
public abstract sealed class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The kinds, as codes for protocols. */
    public enum Code {
        INVALID_BATCH,
        UNSUPPORTED_VERSION,
        UNSUPPORTED_CODEC,
        MISSING_CODEC,
        TOO_LARGE
    }

    /** What is too large. */
    public enum Subject {
        /** A batch as it is stored. */
        BATCH,
        /** The records of a compressed batch once they are unpacked. */
        UNCOMPRESSED,
        /** Key, value and headers of one record. */
        RECORD
    }

    private final Code code;

    private RecordException(Code code, String message) {
        super(message);
        this.code = code;
    }

    public final Code code() {
        return code;
    }

    /** The bytes are not a batch, or break one of the rules of the format. */
    public static final class InvalidBatch extends RecordException {
        private static final long serialVersionUID = 1L;

        private final String field;

        InvalidBatch(String field, String problem) {
            super(Code.INVALID_BATCH, "invalid batch: " + field + ": " + problem);
            this.field = field;
        }

        InvalidBatch(String field, String problem, Throwable cause) {
            this(field, problem);
            initCause(cause);
        }

        /** The field of the format that breaks the rule, for instance {@code recordsCount}. */
        public String field() {
            return field;
        }
    }

    /** A batch of another version of the format, which may be sound: this release cannot tell. */
    public static final class UnsupportedVersion extends RecordException {
        private static final long serialVersionUID = 1L;

        UnsupportedVersion(int magic) {
            super(Code.UNSUPPORTED_VERSION, "batch version " + magic + " is not supported, 2 is");
        }
    }

    /** Compressed with a codec that this library does not read. */
    public static final class UnsupportedCodec extends RecordException {
        private static final long serialVersionUID = 1L;

        UnsupportedCodec(String codec) {
            super(
                    Code.UNSUPPORTED_CODEC,
                    codec + " compression is not supported; none, lz4 and zstd are");
        }
    }

    /** The codec's library is not on the class or module path, or cannot run on this platform. */
    public static final class MissingCodec extends RecordException {
        private static final long serialVersionUID = 1L;

        private final String artifact;

        MissingCodec(Compression compression, String artifact, LinkageError cause) {
            super(
                    Code.MISSING_CODEC,
                    compression + " compression needs the optional library " + artifact
                            + " on the class or module path");
            this.artifact = artifact;
            initCause(cause);
        }

        /** The Maven artifact to add, {@code group:artifact}. */
        public String artifact() {
            return artifact;
        }
    }

    /**
     * Over a limit in bytes: of a batch, of one record, or of the records that a batch decompresses
     * to.
     */
    public static final class TooLarge extends RecordException {
        private static final long serialVersionUID = 1L;

        private final Subject subject;
        private final long limitBytes;

        TooLarge(Subject subject, String what, long limitBytes) {
            super(Code.TOO_LARGE, what + ", the limit is " + limitBytes + " bytes");
            this.subject = subject;
            this.limitBytes = limitBytes;
        }

        public Subject subject() {
            return subject;
        }

        public long limitBytes() {
            return limitBytes;
        }
    }
}

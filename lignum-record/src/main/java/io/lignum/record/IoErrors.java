package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Describes an I/O error in words. The messages of the JDK do not serve for that: an exception
 * about a file has the path alone as its message, others have a host name, a length, or nothing.
 * Stateless.
 */
public final class IoErrors {

    private IoErrors() {}

    /** One sentence, without a full stop; never empty. */
    public static String describe(@Nullable Throwable error) {
        if (error instanceof FileSystemException file && file.getFile() != null) {
            return ofFile(file, file.getFile());
        }
        if (error instanceof UnknownHostException host) {
            return "host " + host.getMessage() + " is not known";
        }
        if (error instanceof UnresolvedAddressException) {
            return "the host's name is not known";
        }
        if (error instanceof ClosedByInterruptException) {
            return "the thread was interrupted, which closed the file or connection";
        }
        if (error instanceof ClosedChannelException) {
            return "the file or connection was closed meanwhile";
        }
        if (error instanceof EOFException && error.getMessage() == null) {
            return "it ends too early";
        }
        if (error instanceof CharacterCodingException) {
            return "it is not text in the expected encoding";
        }
        return other(error);
    }

    private static String other(@Nullable Throwable error) {
        if (error == null) {
            return "no reason is known";
        }
        String message = error.getMessage();
        if (message != null && !message.isBlank()) {
            return message;
        }
        return error.getCause() instanceof IOException cause
                ? describe(cause)
                : error.getClass().getSimpleName();
    }

    private static String ofFile(FileSystemException error, String file) {
        String link = brokenLink(file);
        if (link != null) {
            return link;
        }
        String other = error.getOtherFile() == null ? "" : " to " + error.getOtherFile();
        if (error instanceof AccessDeniedException) {
            return "no permission for " + file + other;
        }
        if (error instanceof NoSuchFileException) {
            return "there is no " + file;
        }
        if (error instanceof FileAlreadyExistsException) {
            return isFile(file)
                    ? file + " is there already, as a file and not a directory"
                    : file + " is there already";
        }
        if (error instanceof NotDirectoryException) {
            return file + " is a file, not a directory";
        }
        if (error instanceof DirectoryNotEmptyException) {
            return "directory " + file + " is not empty";
        }
        if (error instanceof FileSystemLoopException) {
            return file + " is a link that leads back to itself";
        }
        String reason = error.getReason();
        return file + other + ": " + (reason == null ? "it cannot be used" : reason);
    }

    private static boolean isFile(String file) {
        Path path = path(file);
        return path != null && Files.isRegularFile(path);
    }

    private static @Nullable String brokenLink(String file) {
        Path path = path(file);
        if (path == null || !Files.isSymbolicLink(path) || Files.exists(path)) {
            return null;
        }
        try {
            return file + " is a link to " + Files.readSymbolicLink(path)
                    + ", which is not there or may not be looked at";
        } catch (IOException missing) {
            return null;
        }
    }

    private static @Nullable Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException unusable) {
            return null;
        }
    }
}

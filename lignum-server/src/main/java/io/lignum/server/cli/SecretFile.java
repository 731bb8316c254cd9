package io.lignum.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Reads passwords and tokens from the first line of files. */
final class SecretFile {

    private static final int MAX_BYTES = 4_096;

    private SecretFile() {}

    /**
     * The first line of the file, without its line end.
     *
     * @throws IOException the file cannot be read, or its first line is empty, too long or no text
     */
    static String read(Path file, Terminal terminal) throws IOException {
        if (StandardStreams.isInput(file)) {
            return line(terminal.in(), file.toString());
        }
        try (InputStream in = Files.newInputStream(file)) {
            return line(in, file.toString());
        }
    }

    /**
     * Reads the file now, and again each time it is asked, so that its content can be replaced. A
     * pipe is read once.
     */
    static Supplier<String> supplier(Path file, Terminal terminal) throws IOException {
        String first = read(file, terminal);
        if (!Files.isRegularFile(file) || StandardStreams.isInput(file)) {
            return () -> first;
        }
        return () -> {
            try {
                return read(file, terminal);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    /**
     * Reads one line, and nothing behind it.
     *
     * @param name of the input, for messages
     */
    static String line(InputStream in, String name) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            if (bytes.size() == MAX_BYTES) {
                throw new IOException(
                        "the first line of " + name + " has more than " + MAX_BYTES + " bytes");
            }
            bytes.write(next);
            next = in.read();
        }
        String line = decoded(bytes.toByteArray(), name);
        if (line.endsWith("\r")) {
            line = line.substring(0, line.length() - 1);
        }
        if (line.isEmpty()) {
            throw new IOException("the first line of " + name + " is empty");
        }
        return line;
    }

    private static String decoded(byte[] bytes, String name) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("the first line of " + name + " is not text in UTF-8", e);
        }
    }
}

package io.lignum.server.security;

import io.lignum.record.IoErrors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * Reads small files of JSON that may be missing. A file that cannot be used counts as missing and
 * is reported in the log, once until the reason changes: callers look again and again. Any thread.
 */
final class SmallJsonFile {

    private static final Logger LOG = LoggerFactory.getLogger(SmallJsonFile.class);

    private final String name;
    private final int maxBytes;
    private final AtomicReference<String> reported = new AtomicReference<>("");

    SmallJsonFile(String name, int maxBytes) {
        this.name = name;
        this.maxBytes = maxBytes;
    }

    /**
     * The content of the file; empty if it is missing or unusable.
     *
     * @param parser throws if the text is not what it should be
     */
    <T> Optional<T> read(Path directory, Function<String, T> parser) {
        Path file = directory.resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                report(file, "it has more than " + maxBytes + " bytes");
                return Optional.empty();
            }
            T content = parser.apply(new String(bytes, StandardCharsets.UTF_8));
            reported.set("");
            return Optional.of(content);
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        } catch (IOException e) {
            report(file, IoErrors.describe(e));
        } catch (RuntimeException e) { // From the parser: another program wrote the file.
            report(file, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private void report(Path file, String reason) {
        String problem = file + ": " + reason;
        if (!problem.equals(reported.getAndSet(problem))) {
            LOG.error("{}; the file is ignored", problem);
        }
    }
}

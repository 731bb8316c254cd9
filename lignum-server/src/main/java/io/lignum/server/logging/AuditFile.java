package io.lignum.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;

import io.lignum.server.audit.AuditLog;
import io.lignum.server.security.OwnerOnlyFiles;

import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Sends the audit log to a file of its own, one JSON object per line, instead of the log. At 64 MiB
 * the file gets the suffix {@code .1}, that of before {@code .2}, and so on to {@code .8}. Only the
 * owner can read the files. Called by the standalone node only, once, before it starts.
 */
public final class AuditFile {

    private static final int KEPT = 8;
    private static final long MAX_BYTES = 64L << 20;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private AuditFile() {}

    /**
     * Redirects the audit log.
     *
     * @throws IOException the file cannot be written
     */
    public static void install(Path file) throws IOException {
        install((LoggerContext) LoggerFactory.getILoggerFactory(), file, MAX_BYTES, LOOK);
    }

    /** @param look how often the size is looked at */
    static void install(LoggerContext context, Path file, long maxBytes, Duration look)
            throws IOException {
        if (file.toString().matches(".*[%()].*")) { // Logback would interpret them.
            throw new IOException("the path must not have %, ( or )");
        }
        Appender appender = new Appender();
        appender.setContext(context);
        appender.setName("audit");
        appender.setFile(file.toString());
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext(context);
        lines.setCharset(StandardCharsets.UTF_8);
        lines.setPattern("%msg%n"); // The message is JSON, so it has no line break.
        lines.start();
        appender.setEncoder(lines);
        FixedWindowRollingPolicy kept = new FixedWindowRollingPolicy();
        kept.setContext(context);
        kept.setParent(appender);
        kept.setMinIndex(1);
        kept.setMaxIndex(KEPT);
        kept.setFileNamePattern(file + ".%i");
        kept.start();
        appender.setRollingPolicy(kept);
        SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
        size.setContext(context);
        size.setMaxFileSize(new FileSize(maxBytes));
        size.setCheckIncrement(
                ch.qos.logback.core.util.Duration.buildByMilliseconds((double) look.toMillis()));
        size.start();
        appender.setTriggeringPolicy(size);
        Appender.create(file);
        appender.start();
        Logger audit = context.getLogger(AuditLog.LOGGER);
        audit.setLevel(Level.INFO); // Whatever LOG_LEVEL is.
        audit.setAdditive(false);
        audit.addAppender(appender);
    }

    /** Creates each file so that only its owner can read it. */
    private static final class Appender extends RollingFileAppender<ILoggingEvent> {

        static void create(Path file) throws IOException {
            if (!Files.exists(file)) {
                Files.createFile(file, OwnerOnlyFiles.attributes());
            }
            Files.newOutputStream(file, StandardOpenOption.APPEND).close();
        }

        @Override
        public void openFile(String name) throws IOException {
            create(Path.of(name));
            super.openFile(name);
        }
    }
}

package io.lignum.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;

/**
 * Sets up the log of the process: readable lines with {@code ENV=development}, else one JSON object
 * a line, on standard output; {@code LOG_LEVEL} is its level. Only the standalone node calls it: a
 * program that embeds one keeps its own.
 */
public final class LogSetup {

    private LogSetup() {}

    public static void install(Map<String, String> environment) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Encoder<ILoggingEvent> encoder = "development".equals(environment.get("ENV"))
                ? new TextEncoder()
                : new JsonLineEncoder();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        root.setLevel(Level.toLevel(environment.get("LOG_LEVEL"), Level.INFO));
        quieten(context, "io.javalin", Level.WARN);
        quieten(context, "org.eclipse.jetty", Level.WARN);
        quieten(context, "io.grpc", Level.WARN);
    }

    /** What libraries say at INFO is of no use to the one who runs a node. */
    private static void quieten(LoggerContext context, String name, Level level) {
        if (context.getLogger(Logger.ROOT_LOGGER_NAME).getLevel().isGreaterOrEqual(Level.INFO)) {
            context.getLogger(name).setLevel(level);
        }
    }
}

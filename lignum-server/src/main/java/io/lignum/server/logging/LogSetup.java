package io.lignum.server.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Map;

/**
 * Configures logging to standard output: readable lines on a terminal, otherwise one JSON object
 * per line. {@code ENV=development} forces readable lines, any other value of it, such as
 * {@code production}, forces JSON. {@code LOG_LEVEL} sets the level. Called only by the standalone
 * node: a program that embeds a node keeps its own logging.
 */
public final class LogSetup {

    private LogSetup() {}

    public static void install(Map<String, String> environment, boolean outIsTerminal) {
        Encoder<ILoggingEvent> encoder = isText(environment.get("ENV"), outIsTerminal)
                ? new TextEncoder()
                : new JsonLineEncoder();
        install(encoder, "System.out", Level.toLevel(environment.get("LOG_LEVEL"), Level.INFO));
    }

    private static boolean isText(@Nullable String env, boolean outIsTerminal) {
        return (env == null || env.isBlank()) ? outIsTerminal : env.equals("development");
    }

    /**
     * Configures logging for a command: nothing, unless {@code LOG_LEVEL} is set; then readable
     * lines on standard error.
     */
    public static void installForCommands(Map<String, String> environment) {
        Level level = Level.toLevel(environment.get("LOG_LEVEL"), Level.OFF);
        install(new TextEncoder(), "System.err", level);
    }

    private static void install(Encoder<ILoggingEvent> encoder, String target, Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setTarget(target);
        console.setEncoder(encoder);
        console.start();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(console);
        root.setLevel(level);
        quieten(context, "io.javalin", Level.WARN);
        quieten(context, "org.eclipse.jetty", Level.WARN);
        quieten(context, "io.grpc", Level.WARN);
    }

    /** Raises a library's level, whose INFO lines do not help an operator. */
    private static void quieten(LoggerContext context, String name, Level level) {
        if (context.getLogger(Logger.ROOT_LOGGER_NAME).getLevel().equals(Level.INFO)) {
            context.getLogger(name).setLevel(level);
        }
    }
}

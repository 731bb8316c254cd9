package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.server.config.ServerConfig;

import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

@Isolated // It watches the log of the whole process.
class WatchingConnectorTest {

    private static WatchingConnector connector(Server server, Duration pause) {
        Scheduler scheduler = new ScheduledExecutorScheduler();
        return new WatchingConnector(
                server,
                scheduler,
                new ConnectionGuard(ServerConfig.embedded(Path.of("unused")).limits(), scheduler),
                pause,
                List.of(new HttpConnectionFactory()));
    }

    @Test
    void acceptFailures_areOneLineAMinuteWithoutATrace() throws Exception {
        Server server = new Server();
        WatchingConnector connector = connector(server, Duration.ZERO);
        server.addConnector(connector);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        server.start();
        root.addAppender(log);
        try {
            for (int i = 0; i < 10; i++) {
                assertThat(connector.handleAcceptFailure(new IOException("Too many open files")))
                        .isTrue();
            }
        } finally {
            root.detachAppender(log);
            server.stop();
        }
        assertThat(log.list)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getFormattedMessage())
                            .contains("Cannot accept HTTP connections", "Too many open files");
                    assertThat(event.getThrowableProxy()).isNull();
                });
    }

    @Test
    void closedListener_endsAcceptingAtOnceWithoutALine() throws Exception {
        Server server = new Server();
        WatchingConnector connector = connector(server, Duration.ofHours(1));
        server.addConnector(connector);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        server.start();
        root.addAppender(log);
        try {
            connector.close();
            assertThat(connector.handleAcceptFailure(new AsynchronousCloseException()))
                    .isFalse();
        } finally {
            root.detachAppender(log);
            server.stop();
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(line -> line.contains("Cannot accept"));
    }
}

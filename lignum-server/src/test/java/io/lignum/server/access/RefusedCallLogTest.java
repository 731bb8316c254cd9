package io.lignum.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.server.access.Refusal.Reason;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

@Isolated // The nodes of other tests would write to the same log.
class RefusedCallLogTest {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(Authorizer.class);

    private final AtomicLong nanos = new AtomicLong(-5);
    private final RefusedCallLog log = new RefusedCallLog(nanos::get);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        LOGGER.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        LOGGER.detachAppender(lines);
    }

    private void refuse(Reason reason) {
        Caller caller = Caller.of(
                new InetSocketAddress("192.0.2.7", 1), null, name -> false, Optional.empty());
        log.refused(Operation.READ, caller, new Refusal(reason, "no, as " + reason));
    }

    @Test
    void manyRefusalsInAMinute_areOneLineEachReasonAndThenTheirNumber() {
        for (int i = 0; i < 1_000; i++) {
            refuse(Reason.OTHER_HOST);
        }
        refuse(Reason.CROSS_ORIGIN);
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "Refused a call from 192.0.2.7 (READ): no, as OTHER_HOST",
                        "Refused a call from 192.0.2.7 (READ): no, as CROSS_ORIGIN");
        nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
        refuse(Reason.OTHER_HOST);
        assertThat(lines.list)
                .hasSize(3)
                .last()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(
                        "Refused 1000 calls since the last such line, the latest one from 192.0.2.7"
                                + " (READ): no, as OTHER_HOST");
    }
}

package io.lignum.client.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.client.Credentials;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The warning about credentials that can be read on the network. */
class ReadableCredentialsTest {

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Channels.class);

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
    }

    private List<String> warnings(Optional<Credentials> credentials, String... addresses) {
        Connection connection = new Connection(
                List.of(Address.parse("localhost")),
                Optional.empty(),
                credentials,
                Duration.ofSeconds(1));
        for (String address : addresses) {
            assertThat(connection.channel(Address.parse(address)).isShutdown()).isFalse();
        }
        connection.close();
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void credentialsToOtherHosts_areWarnedAboutOnce() {
        assertThat(warnings(
                        Optional.of(Credentials.token("hush")), "192.0.2.1:9080", "192.0.2.2:9080"))
                .singleElement()
                .asString()
                .contains("192.0.2.1:9080 without TLS")
                .doesNotContain("hush");
    }

    @Test
    void ownHost_andCallsWithoutCredentials_areNoReasonToWarn() {
        assertThat(warnings(
                        Optional.of(Credentials.token("hush")), "localhost", "127.0.0.2", "[::1]"))
                .isEmpty();
        assertThat(warnings(Optional.empty(), "192.0.2.1:9080")).isEmpty();
    }
}

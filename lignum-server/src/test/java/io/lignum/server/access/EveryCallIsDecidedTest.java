package io.lignum.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;
import io.lignum.server.grpc.GrpcAccessTable;
import io.lignum.server.http.HttpAccessTable;
import io.lignum.server.service.TopicPatch;

import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Each call of each listener, made by seven principals at a node in mode on. */
public class EveryCallIsDecidedTest {

    @TempDir
    Path directory;

    /** Other tests compare the lists of calls with what the listeners serve. */
    @Test
    void table_hasARowForEveryCall() {
        assertThat(new AuthorizationTable().calls())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                HttpAccessTable.routes().stream(),
                                GrpcAccessTable.methods().stream())
                        .toList());
    }

    @Test
    void everyPrincipal_getsWhatTheTableSays() {
        try (TestNode node = TestNode.start(directory, "security.mode", "on")) {
            check(node.node(), Principals.create(node.node(), directory));
        }
    }

    @Test
    void inModeOpen_everybodyGetsEverything() {
        try (TestNode node = TestNode.start(directory, "security.mode", "open");
                TableCalls calls = new TableCalls(node.node())) {
            for (String call : new AuthorizationTable().calls()) {
                prepare(node.node());
                assertThat(calls.make(call, "")).as(call).isEqualTo("ok");
            }
        }
    }

    /**
     * Makes each call as each principal at the node.
     *
     * @param destructive methods that end a cluster, which principals that may call them do not
     */
    public static void check(LignumNode node, Map<String, String> headers, String... destructive) {
        AuthorizationTable table = new AuthorizationTable();
        assertThat(headers.keySet()).containsExactlyElementsOf(table.principals());
        SoftAssertions softly = new SoftAssertions();
        try (TableCalls calls = new TableCalls(node)) {
            for (String call : table.calls()) {
                boolean isDestructive = Stream.of(destructive).anyMatch(call::endsWith);
                headers.forEach((principal, header) -> {
                    if (isDestructive && table.expected(call, principal).equals("ok")) {
                        return;
                    }
                    prepare(node);
                    softly.assertThat(calls.make(call, header))
                            .as("%s by %s", call, principal)
                            .isEqualTo(table.expected(call, principal));
                });
            }
        }
        softly.assertAll();
    }

    /** Each call finds the same topic. */
    private static void prepare(LignumNode node) {
        boolean isThere = node.session().topics().list().stream()
                .anyMatch(topic -> topic.name().equals(TableCalls.TOPIC));
        if (!isThere) {
            node.session().topics().create(TableCalls.TOPIC, TopicPatch.NONE).join();
        }
    }
}

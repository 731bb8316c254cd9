package io.lignum.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/** The Prometheus text of many topics has many MiB and must never be in memory as a whole. */
final class MetricsTextTest {

    private static final int TOPICS = 10_000;
    private static final String LONG_NAME = "-".repeat(240);

    private final NodeMetrics metrics = new NodeMetrics("test");
    private int asked;

    private Iterator<String> scrape() {
        var readers = new TopicMetric<String>(
                "lignum_test", "gauge", "Of a store", topic -> topic, topic -> ++asked);
        List<String> topics = IntStream.range(0, TOPICS).mapToObj(i -> "s" + i).toList();
        return metrics.scrape(List.of(readers.lines(topics)));
    }

    private static String whole(Iterator<String> pieces) {
        StringBuilder text = new StringBuilder();
        pieces.forEachRemaining(text::append);
        return text.toString();
    }

    @Test
    void manyTopics_areInPiecesMadeWhenTheyAreAskedFor() {
        for (int i = 0; i < TOPICS; i++) {
            metrics.produced(i + LONG_NAME, 2, 30, 1);
        }
        Iterator<String> pieces = scrape();
        assertThat(pieces.hasNext()).isTrue();
        assertThat(asked).isZero();
        StringBuilder text = new StringBuilder();
        while (pieces.hasNext()) {
            String piece = pieces.next();
            assertThat(piece).isNotEmpty().hasSizeLessThan(MetricsText.PIECE_CHARS + 20_000);
            text.append(piece);
        }
        assertThat(asked).isEqualTo(TOPICS);
        List<String> lines = text.toString().lines().toList();
        assertThat(lines).doesNotHaveDuplicates();
        assertThat(lines.stream().filter(line -> line.contains(LONG_NAME))).hasSize(4 * TOPICS);
        assertThat(lines.stream().filter(line -> line.startsWith("lignum_test{")))
                .hasSize(TOPICS);
    }

    @Test
    void topic_hasItsCounters_untilItIsDeleted() {
        metrics.produced("kept", 2, 30, 1);
        metrics.read("kept", 1, 15, 1);
        metrics.produced("deleted", 1, 5, 1);
        metrics.topicDeleted("deleted");
        assertThat(whole(scrape()))
                .contains("""
                        # HELP lignum_produced_messages_total Messages acknowledged
                        # TYPE lignum_produced_messages_total counter
                        lignum_produced_messages_total{topic="kept"} 2.0
                        """)
                .contains("lignum_produced_bytes_total{topic=\"kept\"} 30.0\n")
                .contains("lignum_read_messages_total{topic=\"kept\"} 1.0\n")
                .contains("lignum_read_bytes_total{topic=\"kept\"} 15.0\n")
                .doesNotContain("deleted");
    }
}

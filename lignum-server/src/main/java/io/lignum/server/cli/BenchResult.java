package io.lignum.server.cli;

import org.HdrHistogram.AbstractHistogram;

import java.io.IOException;

/** The result of a measurement, as text or JSON. */
final class BenchResult {

    private BenchResult() {}

    /** How much was transferred in which time. */
    record Amount(String topic, long records, long bytes, double seconds) {}

    static void print(Output out, boolean json, Amount amount, AbstractHistogram latencies)
            throws IOException {
        if (json) {
            JsonLines line = head(out.json(), amount);
            line.beginObject("latencyMicros")
                    .field("p50", micros(latencies, 50))
                    .field("p99", micros(latencies, 99))
                    .field("p99.9", micros(latencies, 99.9))
                    .field("max", (double) latencies.getMaxValue() / 1e3)
                    .end();
            line.endLine();
        } else {
            line(out, amount);
            out.text("latency p50 " + millis(latencies, 50) + ", p99 " + millis(latencies, 99)
                    + ", p99.9 " + millis(latencies, 99.9) + ", max "
                    + NumberFormats.decimal((double) latencies.getMaxValue() / 1e6, 3) + " ms\n");
        }
        out.flush();
    }

    private static JsonLines head(JsonLines line, Amount a) {
        return line.begin()
                .field("topic", a.topic)
                .field("records", a.records)
                .field("bytes", a.bytes)
                .field("seconds", a.seconds)
                .field("recordsPerSecond", Math.round((double) a.records / a.seconds))
                .field("bytesPerSecond", Math.round((double) a.bytes / a.seconds));
    }

    private static void line(Output out, Amount a) {
        out.text(NumberFormats.grouped(a.records) + " records, " + NumberFormats.bytes(a.bytes)
                + " in "
                + NumberFormats.decimal(a.seconds, 2) + " s: "
                + NumberFormats.grouped(Math.round((double) a.records / a.seconds)) + " records/s, "
                + NumberFormats.rate((double) a.bytes / a.seconds) + "/s\n");
    }

    private static double micros(AbstractHistogram latencies, double percentile) {
        return (double) latencies.getValueAtPercentile(percentile) / 1e3;
    }

    private static String millis(AbstractHistogram latencies, double percentile) {
        return NumberFormats.decimal((double) latencies.getValueAtPercentile(percentile) / 1e6, 3)
                + " ms";
    }
}

package io.lignum.bench.counts;

import java.util.List;
import java.util.stream.Stream;

/**
 * A row of the measurement: who acknowledges a record, and how many clients send.
 *
 * @param clients each has one record in flight
 */
record CountedRow(Mode mode, int clients) {

    /** How many clients the rows with many clients have. */
    static final int MANY = 64;

    /** Who has forced a record when it is acknowledged. */
    enum Mode {
        /** A single node without Consul. */
        STANDALONE("standalone"),
        /** The leader of three nodes; followers copy the record afterwards. */
        WAL("wal"),
        /** All three nodes. */
        LIVE("live");

        private final String key;

        Mode(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }

        boolean isCluster() {
            return this != STANDALONE;
        }
    }

    /** All rows, in the order of the measurement. */
    static List<CountedRow> all() {
        return Stream.of(Mode.values())
                .flatMap(mode -> Stream.of(new CountedRow(mode, 1), new CountedRow(mode, MANY)))
                .toList();
    }

    /** The name on the command line, such as {@code live-64}; also the name of the topic. */
    String name() {
        return mode.key() + "-" + clients;
    }
}

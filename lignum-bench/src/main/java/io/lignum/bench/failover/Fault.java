package io.lignum.bench.failover;

/** A fault of the leader, and its targets: seconds until writes continue, median and worst. */
enum Fault {
    KILL("kill", "kill -9 of the leader", 3, 6, false),
    PAUSE("pause", "SIGSTOP of the leader, resumed after 10 s", 8, 8, false),
    TERM("term", "SIGTERM of the leader", 0.5, 0.5, true),
    TRANSFER("transfer", "lignum cluster transfer-leader", 0.5, 0.5, true);

    private final String key;
    private final String title;
    private final double median;
    private final double worst;
    private final boolean sparesSends;

    Fault(String key, String title, double median, double worst, boolean sparesSends) {
        this.key = key;
        this.title = title;
        this.median = median;
        this.worst = worst;
        this.sparesSends = sparesSends;
    }

    /** The name on the command line. */
    String key() {
        return key;
    }

    String title() {
        return title;
    }

    /** Longest time until the next acknowledgement in half of the rounds, in seconds. */
    double targetMedian() {
        return median;
    }

    /** Longest time in any round, in seconds. */
    double targetWorst() {
        return worst;
    }

    /** Whether no send may fail. */
    boolean sparesSends() {
        return sparesSends;
    }

    static Fault of(String key) {
        for (Fault fault : values()) {
            if (fault.key.equals(key)) {
                return fault;
            }
        }
        throw new IllegalArgumentException("no fault " + key);
    }
}

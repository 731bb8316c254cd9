package io.lignum.bench.failover;

/** What happens to the leader, and how soon writes should go on: seconds, median and worst. */
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

    /** How it is chosen on the command line. */
    String key() {
        return key;
    }

    String title() {
        return title;
    }

    /** Seconds until the next acknowledgement, at most, in half of the rounds. */
    double targetMedian() {
        return median;
    }

    /** The same in every round. */
    double targetWorst() {
        return worst;
    }

    /** Whether no send should fail. */
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

package io.lignum.cluster.node;

/**
 * Runs histories by their seeds; a class of its own, with nothing to hand over, so that a
 * {@link Mutant} has it too.
 */
final class HistoryRun {

    private HistoryRun() {}

    /** The history of this seed. */
    static ClusterHistory of(long seed) {
        return new ClusterHistory(seed, seed % 4 == 0 ? 5 : 3);
    }

    /** Runs the history of this seed; null if all was well, else what was wrong. */
    @SuppressWarnings("unused") // By its name, in a mutant.
    static Object verdict(long seed) {
        try {
            of(seed).run();
            return "";
        } catch (AssertionError | RuntimeException e) {
            return e.toString();
        }
    }
}

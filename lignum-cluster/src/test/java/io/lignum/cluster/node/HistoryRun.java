package io.lignum.cluster.node;

/**
 * Runs histories by their seeds. A separate class without parameters of our types, so that a
 * {@link Mutant} can load it too.
 */
final class HistoryRun {

    private HistoryRun() {}

    /** Creates the history of this seed. */
    static ClusterHistory of(long seed) {
        return new ClusterHistory(seed, seed % 4 == 0 ? 5 : 3);
    }

    /** Runs the history of this seed; returns null if it passed, otherwise the failure. */
    @SuppressWarnings("unused") // Called by its name in a mutant.
    static Object verdict(long seed) {
        try {
            of(seed).run();
            return "";
        } catch (AssertionError | RuntimeException e) {
            return e.toString();
        }
    }
}

package io.lignum.bench.server;

/**
 * Decides when a server is warm: when its CPU time for each record has stopped falling. That is so
 * after three rounds in a row that are not 5 % better than the best one before. Used by one thread.
 */
final class WarmthCheck {

    private static final double BETTER = 0.95;
    private static final int ROUNDS = 3;

    private double best = Double.POSITIVE_INFINITY;
    private int notBetter;

    /** Adds the CPU time for each record of one more round, in any unit. */
    boolean isWarm(double cpuEach) {
        if (cpuEach < best * BETTER) {
            best = cpuEach;
            notBetter = 0;
        } else {
            notBetter++;
        }
        return notBetter >= ROUNDS;
    }
}

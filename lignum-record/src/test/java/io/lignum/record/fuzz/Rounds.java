package io.lignum.record.fuzz;

/**
 * The rounds of a fuzzing test, each with a seed of its own, which a failure names. Of the system's
 * properties, {@code lignum.seed} is the first seed, {@code lignum.campaign} multiplies the rounds,
 * and with {@code lignum.fuzz.seconds} each test goes on for so long instead.
 */
public final class Rounds {

    private static final long SEED = Long.getLong("lignum.seed", 20_261_126L);
    private static final int CAMPAIGN = Integer.getInteger("lignum.campaign", 1);
    private static final long SECONDS = Long.getLong("lignum.fuzz.seconds", 0);

    /** What is done with one seed. */
    public interface Round {
        void run(long seed) throws Exception;
    }

    private Rounds() {}

    /** Runs rounds until there were enough of them, or the first fails. */
    public static void run(String what, int rounds, Round round) {
        long startNanos = System.nanoTime();
        long done = 0;
        while (SECONDS > 0
                ? System.nanoTime() - startNanos < SECONDS * 1_000_000_000L
                : done < (long) rounds * CAMPAIGN) {
            one(what, SEED + done, round);
            done++;
        }
        if (SECONDS > 0 || CAMPAIGN > 1) {
            System.out.printf(
                    "fuzz: %s: %d rounds from seed %d in %d s%n",
                    what, done, SEED, (System.nanoTime() - startNanos) / 1_000_000_000L);
        }
    }

    private static void one(String what, long seed, Round round) {
        try {
            round.run(seed);
        } catch (Exception | Error e) {
            throw new AssertionError(what + ": -Dlignum.seed=" + seed, e);
        }
    }
}

package io.lignum.server.service;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The condition that must hold before a read is answered.
 *
 * @param minHw all records below this offset must be readable here; empty: no condition
 * @param lastEpoch epoch of the message before the first offset, as the reader received it; empty:
 *     not checked
 */
public record ReadDemand(Level level, OptionalLong minHw, OptionalInt lastEpoch) {

    /** How fresh the data must be. */
    public enum Level {
        /** What this node knows to be committed. */
        COMMITTED,
        /** Everything acknowledged before the read began. */
        LINEARIZABLE
    }

    public static final ReadDemand NONE =
            new ReadDemand(Level.COMMITTED, OptionalLong.empty(), OptionalInt.empty());

    public ReadDemand {
        if (minHw.isPresent() && minHw.getAsLong() < 0) {
            throw ServiceException.invalid("min_hw", "min_hw is above the largest offset, 2^63-1");
        }
        if (lastEpoch.isPresent() && lastEpoch.getAsInt() < 0) {
            throw ServiceException.invalid("last_epoch", "last_epoch must be at most 2^31-1");
        }
    }

    /** Whether there is no condition. */
    public boolean isNone() {
        return level == Level.COMMITTED && minHw.isEmpty() && lastEpoch.isEmpty();
    }
}

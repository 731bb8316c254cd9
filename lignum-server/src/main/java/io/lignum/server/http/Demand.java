package io.lignum.server.http;

import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ServiceException;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The condition that a read must wait for, from the query: how fresh the data must be. Immutable.
 */
final class Demand {

    private static final Set<String> PARAMETERS = Set.of("level", "min_hw", "last_epoch");

    private Demand() {}

    /** Adds the parameters of the condition to those of a route. */
    static Set<String> with(Set<String> known) {
        Set<String> all = new HashSet<>(known);
        all.addAll(PARAMETERS);
        return Set.copyOf(all);
    }

    static ReadDemand of(Query query) {
        ReadDemand.Level level = switch (query.text("level", "committed")) {
            case "committed" -> ReadDemand.Level.COMMITTED;
            case "linearizable" -> ReadDemand.Level.LINEARIZABLE;
            default ->
                throw ServiceException.invalid("level", "level must be committed or linearizable");
        };
        OptionalLong epoch = query.number("last_epoch");
        return new ReadDemand(
                level,
                query.number("min_hw"),
                epoch.isPresent() ? OptionalInt.of(toInt(epoch.getAsLong())) : OptionalInt.empty());
    }

    private static int toInt(long epoch) {
        if (epoch > Integer.MAX_VALUE) {
            throw ServiceException.invalid("last_epoch", "last_epoch must be at most 2^31-1");
        }
        return (int) epoch;
    }
}

package io.lignum.bench;

import io.lignum.bench.work.Settings;

import org.jspecify.annotations.Nullable;

/**
 * One way to do the work of a case.
 *
 * @param label its name in the table
 * @param work its name in {@link io.lignum.bench.work.Works}
 * @param settings what differs from the case's
 * @param before a work that another JVM does first and is halted in the middle of, in the same directory
 * @param target what it should reach, if anything
 */
record Contender(
        String label,
        String work,
        Settings settings,
        @Nullable String before,
        @Nullable Target target) {

    static Contender of(String label, String work, String... settings) {
        return new Contender(label, work, Settings.of(settings), null, null);
    }

    Contender after(String haltedWork) {
        return new Contender(label, work, settings, haltedWork, target);
    }

    Contender shouldReach(Target wanted) {
        return new Contender(label, work, settings, before, wanted);
    }
}

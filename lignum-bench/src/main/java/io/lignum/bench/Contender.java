package io.lignum.bench;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Settings;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One way to do the work of a case.
 *
 * @param label its name in the table
 * @param work its name in {@link Works}
 * @param settings what differs from the case's
 * @param before a work that another JVM does first and is halted in the middle of, in the same
 *     directory
 * @param program what must be installed for it, if anything
 * @param targets what it should reach, if anything
 */
record Contender(
        String label,
        String work,
        Settings settings,
        @Nullable String before,
        @Nullable String program,
        List<Target> targets) {

    Contender {
        targets = List.copyOf(targets);
    }

    static Contender of(String label, String work, String... settings) {
        return new Contender(label, work, Settings.of(settings), null, null, List.of());
    }

    Contender after(String haltedWork) {
        return new Contender(label, work, settings, haltedWork, program, targets);
    }

    Contender needing(String wantedProgram) {
        return new Contender(label, work, settings, before, wantedProgram, targets);
    }

    /** This, too. */
    Contender shouldReach(Target wanted) {
        List<Target> more = new ArrayList<>(targets);
        more.add(wanted);
        return new Contender(label, work, settings, before, program, more);
    }

    /** With more settings. */
    Contender with(Settings more) {
        return new Contender(label, work, settings.with(more), before, program, targets);
    }

    boolean isInstalled() {
        return program == null || ServerProcess.find(program).isPresent();
    }
}

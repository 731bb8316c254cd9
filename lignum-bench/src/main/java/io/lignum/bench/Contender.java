package io.lignum.bench;

import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the programs or settings that a case compares, for instance Lignum or Kafka.
 *
 * @param label its name in the table
 * @param work its name in {@link Works}
 * @param settings differences from the case's settings
 * @param before a work that another JVM starts in the same directory first, and during which it is
 *     halted
 * @param program a program that must be installed, if any
 * @param targets the figures that it should reach, if any
 */
record Contender(
        String label,
        String work,
        WorkSettings settings,
        @Nullable String before,
        @Nullable String program,
        List<Target> targets) {

    Contender {
        targets = List.copyOf(targets);
    }

    static Contender of(String label, String work, String... settings) {
        return new Contender(label, work, WorkSettings.of(settings), null, null, List.of());
    }

    Contender after(String haltedWork) {
        return new Contender(label, work, settings, haltedWork, program, targets);
    }

    Contender needing(String wantedProgram) {
        return new Contender(label, work, settings, before, wantedProgram, targets);
    }

    /** Adds targets. */
    Contender shouldReach(Target... wanted) {
        List<Target> more = new ArrayList<>(targets);
        more.addAll(List.of(wanted));
        return new Contender(label, work, settings, before, program, more);
    }

    /** Adds settings. */
    Contender with(WorkSettings more) {
        return new Contender(label, work, settings.with(more), before, program, targets);
    }

    boolean isInstalled() {
        return program == null || ServerProcess.find(program).isPresent();
    }
}

package io.lignum.bench;

import io.lignum.bench.work.Settings;

import java.util.List;

/**
 * A table of the report: contenders that do the same work, in alternation.
 *
 * @param name how it is chosen on the command line
 * @param title how it is headed
 * @param fresh every round in a fresh JVM; else one JVM for all rounds of a contender, warmed up
 * @param settings of all contenders, for a full run
 * @param quick what a quick run changes in them
 */
record Case(
        String name,
        String title,
        Unit unit,
        boolean fresh,
        Settings settings,
        Settings quick,
        List<Contender> contenders) {

    Case {
        contenders = List.copyOf(contenders);
    }

    /** With settings of the caller's, which count more than all others. */
    Case with(Settings own) {
        return new Case(
                name,
                title,
                unit,
                fresh,
                settings.with(own),
                quick.with(own),
                contenders.stream().map(contender -> contender.with(own)).toList());
    }

    /** Without the contenders that need a program which this machine does not have. */
    Case installed() {
        return new Case(
                name,
                title,
                unit,
                fresh,
                settings,
                quick,
                contenders.stream().filter(Contender::isInstalled).toList());
    }
}

package io.lignum.bench;

import io.lignum.bench.work.WorkSettings;

import java.util.List;

/**
 * A table of the report: contenders that do the same work in alternating rounds.
 *
 * @param name selects the case on the command line
 * @param title heading of the table
 * @param fresh every round in a fresh JVM; otherwise one JVM for all rounds of a contender, warmed
 *     up
 * @param settings of all contenders, for a full run
 * @param quick changes of the settings for a quick run
 */
record Case(
        String name,
        String title,
        Unit unit,
        boolean fresh,
        WorkSettings settings,
        WorkSettings quick,
        List<Contender> contenders) {

    Case {
        contenders = List.copyOf(contenders);
    }

    /** Adds settings that override all others. */
    Case with(WorkSettings own) {
        return new Case(
                name,
                title,
                unit,
                fresh,
                settings.with(own),
                quick.with(own),
                contenders.stream().map(contender -> contender.with(own)).toList());
    }

    /** Removes the contenders whose program is not installed. */
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

package io.lignum.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes a Markdown table for each case, for docs/benchmarks.md. */
final class MarkdownReport implements Report {

    private final StringBuilder text = new StringBuilder();

    /**
     * Starts with the Java version and the number of cores; the report names nothing else of the
     * machine.
     */
    MarkdownReport(Options options) {
        text.append("Medians of ")
                .append(options.rounds())
                .append(" rounds in alternation, min..max behind them; Java ")
                .append(Runtime.version().feature())
                .append(", ")
                .append(Runtime.getRuntime().availableProcessors())
                .append(options.isQuick() ? " cores, quick run" : " cores")
                .append(".\n");
    }

    @Override
    public void add(Case bench, Map<String, RoundFigures> figures) {
        text.append("\n### ").append(bench.name()).append(": ").append(bench.title());
        text.append("\n\n| contender | median | min..max | target | reached | |\n");
        text.append("|---|---|---|---|---|---|\n");
        for (Contender contender : bench.contenders()) {
            text.append(row(bench.unit(), contender, new LinkedHashMap<>(figures)));
        }
    }

    private static String row(Unit unit, Contender contender, Map<String, RoundFigures> all) {
        RoundFigures own = all.get(contender.label());
        if (own == null) {
            return "| " + contender.label() + " | not installed | | | | |\n";
        }
        List<String> wanted = new ArrayList<>();
        List<String> reached = new ArrayList<>();
        for (Target target : contender.targets()) {
            wanted.add(target.text(unit));
            reached.add(reached(unit, target, own, all));
        }
        return "| "
                + String.join(
                        " | ",
                        List.of(
                                contender.label(),
                                unit.text(own.median()),
                                unit.text(own.min()) + " .. " + unit.text(own.max()),
                                String.join("<br>", wanted),
                                String.join("<br>", reached),
                                extras(own)))
                + " |\n";
    }

    private static String reached(
            Unit unit, Target target, RoundFigures own, Map<String, RoundFigures> all) {
        double value = target.figure(own);
        if (target.isRatio()) {
            value /= target.figure(rival(all, target.rival()));
        }
        return (target.isMetBy(value, unit.moreIsBetter()) ? "yes" : "**no**")
                + (target.isRatio() ? String.format(Locale.ROOT, ", %.2f×", value) : "");
    }

    private static RoundFigures rival(Map<String, RoundFigures> all, String label) {
        RoundFigures figures = all.get(label);
        if (figures == null) {
            throw new IllegalStateException("no contender " + label + " in " + all.keySet());
        }
        return figures;
    }

    static String extras(RoundFigures figures) {
        StringBuilder notes = new StringBuilder();
        figures.extras()
                .forEach((name, value) -> notes.append(notes.isEmpty() ? "" : ", ")
                        .append(name)
                        .append(' ')
                        .append(
                                value >= 100
                                        ? String.format(Locale.ROOT, "%.0f", value)
                                        : String.format(Locale.ROOT, "%.2f", value)));
        return notes.toString();
    }

    @Override
    public String text() {
        return text.toString();
    }
}

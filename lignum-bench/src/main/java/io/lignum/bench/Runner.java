package io.lignum.bench;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a case in rounds, with each contender once per round, so that a slower or busier machine
 * affects all of them.
 */
final class Runner {

    private final Options options;
    private final PrintStream progress;

    Runner(Options options, PrintStream progress) {
        this.options = options;
        this.progress = progress;
    }

    /** Returns the figures by the labels of the installed contenders, in their order. */
    Map<String, RoundFigures> run(Case bench) throws IOException, InterruptedException {
        progress.println(bench.name() + ": " + bench.title());
        for (Contender contender : bench.contenders()) {
            if (!contender.isInstalled()) {
                progress.println("  without " + contender.label() + ": there is no "
                        + contender.program() + " on the path");
            }
        }
        return runInstalled(bench.installed());
    }

    private Map<String, RoundFigures> runInstalled(Case bench)
            throws IOException, InterruptedException {
        Map<String, RoundFigures> figures = new LinkedHashMap<>();
        bench.contenders().forEach(contender -> figures.put(contender.label(), new RoundFigures()));
        Path directory = options.directory().resolve(bench.name());
        Scratch.delete(directory);
        try {
            if (bench.fresh()) {
                runFresh(bench, figures, directory);
            } else {
                runWarm(bench, figures, directory);
            }
        } finally {
            Scratch.delete(directory);
        }
        return figures;
    }

    private void runWarm(Case bench, Map<String, RoundFigures> figures, Path directory)
            throws IOException {
        List<Fork> forks = new ArrayList<>();
        try {
            for (Contender contender : bench.contenders()) {
                Fork fork = fork(bench, contender, contender.work(), directory);
                forks.add(fork);
                for (int i = 0; i < options.warmups(); i++) {
                    fork.round();
                }
            }
            for (int round = 1; round <= options.rounds(); round++) {
                for (int i = 0; i < forks.size(); i++) {
                    took(bench, bench.contenders().get(i), round, forks.get(i).round(), figures);
                }
            }
        } finally {
            for (Fork fork : forks) {
                fork.close();
            }
        }
    }

    private void runFresh(Case bench, Map<String, RoundFigures> figures, Path directory)
            throws IOException, InterruptedException {
        for (int round = 1; round <= options.rounds(); round++) {
            for (Contender contender : bench.contenders()) {
                String before = contender.before();
                if (before != null) {
                    try (Fork fork = fork(bench, contender, before, directory)) {
                        fork.halt();
                    }
                }
                try (Fork fork = fork(bench, contender, contender.work(), directory)) {
                    took(bench, contender, round, fork.round(), figures);
                }
                Scratch.delete(directory);
            }
        }
    }

    private Fork fork(Case bench, Contender contender, String work, Path directory)
            throws IOException {
        String folder = contender.label().replaceAll("[^A-Za-z0-9]+", "-");
        Path own = Files.createDirectories(directory.resolve(folder));
        WorkSettings settings = bench.settings()
                .with(options.isQuick() ? bench.quick() : WorkSettings.of())
                .with(contender.settings())
                .with(WorkSettings.of(
                        "dir=" + own, "jar=" + options.jar(), "kafka=" + options.kafka()));
        return Fork.start(options.jvm(bench.name() + "-" + folder), work, settings);
    }

    private void took(
            Case bench,
            Contender contender,
            int round,
            Sample sample,
            Map<String, RoundFigures> all) {
        RoundFigures figures = all.get(contender.label());
        if (figures == null) {
            throw new IllegalStateException("two contenders of " + bench.name() + " share a label");
        }
        figures.add(sample);
        progress.printf(
                "  round %d/%d  %-36s %s%n",
                round, options.rounds(), contender.label(), bench.unit().text(sample.value()));
    }
}

package io.lignum.bench.failover;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Collects the results of all rounds, by fault, and writes the report. Used by one thread. */
final class Results {

    /**
     * One round: the time without an acknowledgement after the fault, and the number of failed
     * sends.
     */
    record Round(double seconds, int failures) {}

    private final Map<Fault, List<Round>> rounds = new EnumMap<>(Fault.class);

    void add(Fault fault, Round round) {
        rounds.computeIfAbsent(fault, f -> new ArrayList<>()).add(round);
    }

    private static List<Double> sorted(List<Round> all) {
        List<Double> seconds = new ArrayList<>(all.stream().map(Round::seconds).toList());
        Collections.sort(seconds);
        return seconds;
    }

    private static double median(List<Double> sorted) {
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static int failures(List<Round> all) {
        return all.stream().mapToInt(Round::failures).sum();
    }

    String markdown(long records, List<String> problems) {
        StringBuilder text = new StringBuilder();
        text.append("| fault | rounds | median | worst | best | sends that failed | target |"
                + " reached |\n|---|---|---|---|---|---|---|---|\n");
        rounds.forEach((fault, all) -> text.append(row(fault, all)));
        text.append('\n').append(records).append(" records were acknowledged; ");
        text.append(
                problems.isEmpty()
                        ? "a consumer at another node got each once, in order.\n"
                        : "**but**:\n");
        problems.forEach(problem -> text.append("- ").append(problem).append('\n'));
        return text.toString();
    }

    private static String row(Fault fault, List<Round> all) {
        List<Double> sorted = sorted(all);
        double worst = sorted.get(sorted.size() - 1);
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.2f s | %.2f s | %.2f s | %d | median ≤ %.1f s, worst ≤ %.1f s%s"
                        + " | %s |%n",
                fault.title(),
                sorted.size(),
                median(sorted),
                worst,
                sorted.get(0),
                failures(all),
                fault.targetMedian(),
                fault.targetWorst(),
                fault.sparesSends() ? ", no send fails" : "",
                isReached(fault, all) ? "yes" : "**no**");
    }

    private static boolean isReached(Fault fault, List<Round> all) {
        List<Double> sorted = sorted(all);
        return median(sorted) <= fault.targetMedian()
                && sorted.get(sorted.size() - 1) <= fault.targetWorst()
                && !(fault.sparesSends() && failures(all) > 0);
    }

    String json(long records, List<String> problems) {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = json.createObjectNode().put("acknowledged", records);
        problems.forEach(root.putArray("problems")::add);
        ArrayNode faults = root.putArray("faults");
        rounds.forEach((fault, all) -> {
            List<Double> sorted = sorted(all);
            ObjectNode node = faults.addObject()
                    .put("fault", fault.key())
                    .put("title", fault.title())
                    .put("medianSeconds", median(sorted))
                    .put("worstSeconds", sorted.get(sorted.size() - 1))
                    .put("bestSeconds", sorted.get(0))
                    .put("failedSends", failures(all))
                    .put("targetMedianSeconds", fault.targetMedian())
                    .put("targetWorstSeconds", fault.targetWorst())
                    .put("reached", isReached(fault, all));
            ArrayNode each = node.putArray("seconds");
            all.forEach(round -> each.add(round.seconds()));
        });
        return root.toPrettyString() + "\n";
    }
}

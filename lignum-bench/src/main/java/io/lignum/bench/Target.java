package io.lignum.bench;

import java.util.Locale;

/**
 * What a contender should reach: a multiple of a rival's figure of the same run, or a figure.
 *
 * @param rival label of the other contender; empty: {@code bound} is a figure in the case's unit
 * @param bound at least this where more is better, at most this where less is
 */
record Target(String rival, double bound) {

    static Target times(double factor, String rival) {
        return new Target(rival, factor);
    }

    static Target figure(double bound) {
        return new Target("", bound);
    }

    boolean isRatio() {
        return !rival.isEmpty();
    }

    boolean isMetBy(double reached, boolean moreIsBetter) {
        return moreIsBetter ? reached >= bound : reached <= bound;
    }

    String text(Unit unit) {
        String sign = unit.moreIsBetter() ? "≥ " : "≤ ";
        return sign
                + (isRatio()
                        ? String.format(Locale.ROOT, "%.1f× %s", bound, rival)
                        : unit.text(bound));
    }
}

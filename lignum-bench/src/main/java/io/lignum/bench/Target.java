package io.lignum.bench;

import java.util.Locale;

/**
 * A figure that a contender should reach: a multiple of a rival's figure in the same run, or a
 * value.
 *
 * @param rival label of the other contender; empty: {@code bound} is a value in the case's unit
 * @param bound minimum if more is better, maximum if less is better
 * @param extra name of the additional figure that is compared; empty: the case's own figure
 */
record Target(String rival, double bound, String extra) {

    static Target times(double factor, String rival) {
        return new Target(rival, factor, "");
    }

    static Target figure(double bound) {
        return new Target("", bound, "");
    }

    /** The same target for an additional figure; more or less is better as for the case's own. */
    Target of(String otherFigure) {
        return new Target(rival, bound, otherFigure);
    }

    boolean isRatio() {
        return !rival.isEmpty();
    }

    /** The figure that is compared. */
    double figure(RoundFigures figures) {
        if (extra.isEmpty()) {
            return figures.median();
        }
        Double value = figures.extras().get(extra);
        if (value == null) {
            throw new IllegalStateException("no figure " + extra + " in " + figures.extras());
        }
        return value;
    }

    boolean isMetBy(double reached, boolean moreIsBetter) {
        return moreIsBetter ? reached >= bound : reached <= bound;
    }

    String text(Unit unit) {
        String sign = unit.moreIsBetter() ? "≥ " : "≤ ";
        return (extra.isEmpty() ? "" : extra + " ")
                + sign
                + (isRatio()
                        ? String.format(Locale.ROOT, "%.1f× %s", bound, rival)
                        : unit.text(bound));
    }
}

package io.lignum.bench;

import java.util.Locale;

/**
 * What a contender should reach: a multiple of a rival's figure of the same run, or a figure.
 *
 * @param rival label of the other contender; empty: {@code bound} is a figure in the case's unit
 * @param bound at least this where more is better, at most this where less is
 * @param extra which of the further figures is compared; empty: the case's own
 */
record Target(String rival, double bound, String extra) {

    static Target times(double factor, String rival) {
        return new Target(rival, factor, "");
    }

    static Target figure(double bound) {
        return new Target("", bound, "");
    }

    /** The same for a further figure, of which more or less is better as for the case's own. */
    Target of(String otherFigure) {
        return new Target(rival, bound, otherFigure);
    }

    boolean isRatio() {
        return !rival.isEmpty();
    }

    /** The figure that counts. */
    double figure(Figures figures) {
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

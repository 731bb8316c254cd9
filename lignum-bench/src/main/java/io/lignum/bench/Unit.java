package io.lignum.bench;

import java.util.Locale;

/** The format of a figure, and whether more or less is better. */
enum Unit {
    RECORDS_PER_SECOND(true),
    RECORDS_PER_CPU_SECOND(true),
    MEGABYTES_PER_SECOND(true),
    SECONDS(false),
    MILLISECONDS(false),
    MEBIBYTES(false);

    private final boolean moreIsBetter;

    Unit(boolean moreIsBetter) {
        this.moreIsBetter = moreIsBetter;
    }

    boolean moreIsBetter() {
        return moreIsBetter;
    }

    String text(double value) {
        return switch (this) {
            case RECORDS_PER_SECOND -> rate(value);
            case RECORDS_PER_CPU_SECOND -> rate(value) + " of CPU";
            case MEGABYTES_PER_SECOND -> String.format(Locale.ROOT, "%.1f MB/s", value);
            case SECONDS -> String.format(Locale.ROOT, "%.3f s", value);
            case MILLISECONDS -> String.format(Locale.ROOT, "%.3f ms", value);
            case MEBIBYTES -> String.format(Locale.ROOT, "%.0f MiB", value);
        };
    }

    private static String rate(double value) {
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.2f M/s", value / 1e6);
        }
        return value >= 1e4
                ? String.format(Locale.ROOT, "%.1f k/s", value / 1e3)
                : String.format(Locale.ROOT, "%.0f /s", value);
    }
}

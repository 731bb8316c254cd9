package io.lignum.server.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Formats numbers for people, and parses sizes and times. */
final class NumberFormats {

    private static final Pattern WITH_UNIT = Pattern.compile("([0-9]{1,18}) ?([a-zA-Z]*)");

    private NumberFormats() {}

    static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    static String grouped(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String bytes(long value) {
        return rate((double) value);
    }

    /** In steps of 1000, without "per second". */
    static String rate(double value) {
        if (value >= 1e9) {
            return decimal(value / 1e9, 2) + " GB";
        }
        if (value >= 1e6) {
            return decimal(value / 1e6, 1) + " MB";
        }
        return value >= 1e3 ? decimal(value / 1e3, 1) + " kB" : Math.round(value) + " B";
    }

    static String duration(Duration value) {
        for (String unit : new String[] {"d", "h", "m", "s"}) {
            long millis = unitMillis(unit);
            if (!value.isZero() && value.toMillis() % millis == 0) {
                return value.toMillis() / millis + unit;
            }
        }
        return value.toMillis() + "ms";
    }

    private static long unitMillis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            case "d" -> 86_400_000;
            default -> 0;
        };
    }

    private static long unitBytes(String unit) {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "", "b" -> 1;
            case "k", "kib" -> 1L << 10;
            case "kb" -> 1000;
            case "m", "mib" -> 1L << 20;
            case "mb" -> 1_000_000;
            case "g", "gib" -> 1L << 30;
            case "gb" -> 1_000_000_000;
            case "t", "tib" -> 1L << 40;
            default -> 0;
        };
    }

    private static long times(String text, String number, long unit) {
        BigDecimal product = new BigDecimal(number).multiply(BigDecimal.valueOf(unit));
        if (product.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new TypeConversionException("'" + text + "' is too large");
        }
        return product.setScale(0, RoundingMode.UNNECESSARY).longValueExact();
    }

    /** Parses a size: {@code 64KiB}, {@code 1m}, {@code 500}. */
    static final class Size implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            Matcher matcher = WITH_UNIT.matcher(text.strip());
            long unit = matcher.matches() ? unitBytes(matcher.group(2)) : 0;
            if (unit == 0) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size; write bytes, or 64KiB, 10MiB, 1GiB");
            }
            return times(text, matcher.group(1), unit);
        }
    }

    /** Parses a duration: {@code 5ms}, {@code 30s}, {@code 7d}; {@code 0} needs no unit. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher matcher = WITH_UNIT.matcher(text.strip());
            long unit = matcher.matches() ? unitMillis(matcher.group(2)) : 0;
            if (text.strip().equals("0")) {
                return Duration.ZERO;
            }
            if (unit == 0) {
                throw new TypeConversionException("'" + text
                        + "' is not a time; write it with its unit: 5ms, 30s, 10m, 12h, 7d");
            }
            return Duration.ofMillis(times(text, matcher.group(1), unit));
        }
    }
}

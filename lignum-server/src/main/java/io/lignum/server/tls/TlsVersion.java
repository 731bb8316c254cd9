package io.lignum.server.tls;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Versions of TLS, in ascending order. Older ones are not supported. */
public enum TlsVersion {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String text;

    TlsVersion(String text) {
        this.text = text;
    }

    /** The version with this number, for example {@code 1.3}. */
    public static Optional<TlsVersion> of(String text) {
        return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst();
    }

    /** The names that the JDK has for this version and later ones. */
    public List<String> protocols() {
        return Arrays.stream(values())
                .filter(one -> one.compareTo(this) >= 0)
                .map(one -> "TLSv" + one.text)
                .toList();
    }

    /** The number, as in config.yml. */
    @Override
    public String toString() {
        return text;
    }
}

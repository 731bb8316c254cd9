package io.lignum.server.cli;

import io.lignum.server.cert.CertificateAuthority.Issued;
import io.lignum.server.cert.Subject;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the commands for certificates have in common: their options, names and output. */
final class CertText {

    static final int DEFAULT_DAYS = 365;
    static final String DAYS = "how long the certificates are valid (default: ${DEFAULT-VALUE})";
    static final String JSON = "print one JSON object per certificate and line";

    private static final int MAX_DAYS = 3_650;
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");

    private CertText() {}

    static void checkDays(int days) {
        if (days < 1 || days > MAX_DAYS) {
            throw CommandFailure.usage("--days must be 1 to " + MAX_DAYS);
        }
    }

    /** A node's certificate is also for connections on its own host. */
    static Subject node(String cluster, String id, String names) {
        List<String> all = new ArrayList<>();
        for (String name : names.split(",", -1)) {
            String stripped = name.strip();
            if (stripped.isEmpty()) {
                throw CommandFailure.usage("node " + id + " has an empty name in '" + names + "'");
            }
            all.add(stripped);
        }
        all.addAll(LOCAL);
        return new Subject(
                cluster, Subject.Kind.NODE, id, all.stream().distinct().toList());
    }

    static void requireDistinct(List<Subject> subjects) {
        Set<String> seen = new HashSet<>(Set.of("ca"));
        for (Subject subject : subjects) {
            if (!seen.add(subject.name())) {
                throw CommandFailure.usage("the name " + subject.name() + " is used twice: "
                        + "ca and admin are taken, and each node needs its own");
            }
        }
    }

    static void print(Terminal terminal, boolean json, List<Issued> all) throws IOException {
        Output out = new Output(terminal.out());
        for (Issued one : all) {
            String kind = one.subject().kind().name().toLowerCase(Locale.ROOT);
            String until = one.certificate().getNotAfter().toInstant().toString();
            if (json) {
                out.json()
                        .begin()
                        .field("kind", kind)
                        .field("name", one.subject().name())
                        .field("cluster", one.subject().cluster())
                        .field("certificate", one.certificateFile().toString())
                        .field("key", one.keyFile().toString())
                        .field("notAfter", until)
                        .endLine();
            } else {
                out.text("%s %s: %s, %s, valid until %s%n"
                        .formatted(
                                kind,
                                one.subject().name(),
                                one.certificateFile(),
                                one.keyFile(),
                                until));
            }
            out.endRecord();
        }
        out.flush();
    }
}

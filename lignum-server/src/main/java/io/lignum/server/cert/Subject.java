package io.lignum.server.cert;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The node or user that a certificate is for. Its URI names the cluster, the kind and the name, so
 * that a user's certificate is no node's although one CA issues both.
 *
 * @param names host names and addresses of a node, without duplicates; empty for a user
 */
public record Subject(String cluster, Kind kind, String name, List<String> names) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[A-Za-z0-9._-]{1,253}");
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
    private static final Pattern IPV4 = Pattern.compile(
            "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Pattern URI = Pattern.compile("lignum://([^/]+)/(node|user)/([^/]+)");
    private static final int TYPE_DNS = 2;
    private static final int TYPE_URI = 6;
    private static final int TYPE_ADDRESS = 7;

    /** The kinds of certificates. */
    public enum Kind {
        NODE,
        USER
    }

    public Subject {
        names = List.copyOf(names);
        checkName("the cluster's name", cluster);
        checkName("the name", name);
        for (String one : names) {
            boolean host = HOST.matcher(one).matches() && !NUMBERS.matcher(one).matches();
            if (!host && !isAddress(one)) {
                throw new CertException("'" + one + "' is neither a host name nor an address");
            }
        }
    }

    private static boolean isAddress(String text) {
        if (IPV4.matcher(text).matches()) {
            return true;
        }
        if (!IPV6.matcher(text).matches()) {
            return false;
        }
        try {
            return InetAddress.getByName(text) != null; // Of such characters it looks up nothing.
        } catch (UnknownHostException malformed) {
            return false;
        }
    }

    static void checkName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new CertException(what + " is '" + name
                    + "'; it must be 1 to 64 letters, digits, dots, dashes or underscores");
        }
    }

    /** The subject of a certificate that was issued for a cluster's CA. */
    static Subject of(X509Certificate certificate) {
        List<String> hosts = new ArrayList<>();
        Matcher found = null;
        for (List<?> alternative : alternatives(certificate)) {
            int type = (Integer) alternative.get(0);
            String value = String.valueOf(alternative.get(1));
            Matcher uri = URI.matcher(value);
            if (type == TYPE_URI && uri.matches()) {
                found = uri;
            } else if (type == TYPE_DNS || type == TYPE_ADDRESS) {
                hosts.add(value);
            }
        }
        if (found == null) {
            throw new CertException("the certificate of " + certificate.getSubjectX500Principal()
                    + " was not made by lignum cert: it has no name lignum://CLUSTER/...");
        }
        Kind kind = found.group(2).equals("node") ? Kind.NODE : Kind.USER;
        return new Subject(found.group(1), kind, found.group(3), hosts);
    }

    static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            return all == null ? List.of() : all;
        } catch (CertificateParsingException e) {
            throw new CertException("the names of a certificate are malformed: " + e, e);
        }
    }

    /** The extensions as keytool's options. */
    List<String> extensions() {
        List<String> alternatives = new ArrayList<>();
        for (String one : names) {
            alternatives.add((isAddress(one) ? "ip:" : "dns:") + one);
        }
        String kindText = kind == Kind.NODE ? "node" : "user";
        alternatives.add("uri:lignum://" + cluster + "/" + kindText + "/" + name);
        String use = kind == Kind.NODE ? "serverAuth,clientAuth" : "clientAuth";
        return List.of(
                "san=" + String.join(",", alternatives), "eku=" + use, "ku:c=digitalSignature");
    }
}

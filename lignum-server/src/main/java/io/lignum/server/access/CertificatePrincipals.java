package io.lignum.server.access;

import io.lignum.access.Principal;
import io.lignum.access.credential.Credentials;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Finds the principal that a client certificate names: that of the URI
 * {@code lignum://CLUSTER/user/NAME} if it has one, else the common name. A node's certificate
 * names no principal, so that a node's key opens no listener for clients. Any thread.
 */
final class CertificatePrincipals {

    private static final int URI_NAME = 6;
    private static final String SCHEME = "lignum:";
    private static final Pattern USER =
            Pattern.compile("lignum://(?<cluster>[A-Za-z0-9._-]+)/user/(?<name>[^/]+)");

    private final Optional<String> cluster;

    /** @param cluster whose users are accepted; empty: those of any cluster */
    CertificatePrincipals(Optional<String> cluster) {
        this.cluster = cluster;
    }

    /** Empty: the certificate names no principal of this cluster. */
    Optional<Credentials.Certificate> of(X509Certificate certificate) {
        List<String> names;
        try {
            names = names(certificate);
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
        Optional<String> name = names.isEmpty()
                ? commonName(certificate)
                : names.stream().flatMap(uri -> userOf(uri).stream()).findFirst();
        return name.filter(CertificatePrincipals::isValid)
                .map(text -> new Credentials.Certificate(
                        new Principal(Principal.Kind.CERT, text),
                        certificate.getNotAfter().toInstant()));
    }

    /** The name in {@code lignum://CLUSTER/user/NAME}. */
    private Optional<String> userOf(String uri) {
        Matcher user = USER.matcher(uri);
        return user.matches() && (cluster.isEmpty() || cluster.get().equals(user.group("cluster")))
                ? Optional.of(user.group("name"))
                : Optional.empty();
    }

    private static boolean isValid(String name) {
        try {
            var unused = new Principal(Principal.Kind.CERT, name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The URIs of this scheme among the alternative names. */
    private static List<String> names(X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        return all == null
                ? List.of()
                : all.stream()
                        .filter(name -> Integer.valueOf(URI_NAME).equals(name.get(0)))
                        .map(name -> String.valueOf(name.get(1)))
                        .filter(name -> name.startsWith(SCHEME))
                        .toList();
    }

    /** The most specific one: that of the person, and not of a group above. */
    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .map(String::valueOf)
                            .reduce((above, below) -> below);
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}

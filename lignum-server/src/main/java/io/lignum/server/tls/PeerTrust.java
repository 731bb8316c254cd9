package io.lignum.server.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts the nodes of one cluster: a certificate of the cluster's CA with a name {@code
 * lignum://CLUSTER/node/ID}. Host names are not compared, because a node may be replaced by one on
 * another host; a user's certificate of the same CA is refused. Any thread.
 */
final class PeerTrust extends X509ExtendedTrustManager {

    private static final int TYPE_URI = 6;

    private final X509TrustManager chains;
    private final String prefix;

    /** @param chains decides whether the chain leads to the cluster's CA */
    PeerTrust(X509TrustManager chains, String cluster) {
        this.chains = chains;
        this.prefix = "lignum://" + cluster + "/node/";
    }

    /** @throws CertificateException the first certificate has no name of a node of this cluster */
    void checkName(X509Certificate... chain) throws CertificateException {
        if (names(chain[0]).stream().noneMatch(this::isOfANode)) {
            throw new CertificateException("the certificate of "
                    + chain[0].getSubjectX500Principal()
                    + " is not that of a node of this cluster: it has no name " + prefix + "ID");
        }
    }

    private boolean isOfANode(List<?> name) {
        String text = String.valueOf(name.get(1));
        return name.get(0).equals(TYPE_URI)
                && text.startsWith(prefix)
                && text.length() > prefix.length()
                && text.indexOf('/', prefix.length()) < 0;
    }

    private static Collection<List<?>> names(X509Certificate certificate)
            throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null ? List.of() : names;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        chains.checkClientTrusted(chain, authType);
        checkName(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
            throws CertificateException {
        chains.checkServerTrusted(chain, authType);
        checkName(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServerTrusted(chain, authType);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chains.getAcceptedIssuers();
    }
}

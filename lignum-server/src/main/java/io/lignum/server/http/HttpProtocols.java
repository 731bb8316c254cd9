package io.lignum.server.http;

import io.lignum.cluster.transport.KeyExchangeConstraints;
import io.lignum.server.tls.CipherSuites;
import io.lignum.server.tls.ClientAuth;
import io.lignum.server.tls.TlsConfig;
import io.lignum.server.tls.TlsIdentity;
import io.lignum.server.tls.TlsReloader;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.DetectorConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLParameters;

/**
 * The protocols of the HTTP port: HTTP/1.1, and with TLS a detector that looks at the first byte of
 * a connection. A request that came without TLS where it is required is refused later, by
 * {@link RequestFilter}, with an error that its client can read. Stateless.
 */
final class HttpProtocols {

    private static final int SESSION_SECONDS = 600;

    private HttpProtocols() {}

    static List<ConnectionFactory> of(HttpConfiguration config, Optional<TlsReloader> tls) {
        HttpConnectionFactory http = new HttpConnectionFactory(config);
        if (tls.isEmpty()) {
            return List.of(http);
        }
        // Without its checks of SNI, which refuse addresses; names are checked by BrowserRules.
        config.addCustomizer(new SecureRequestCustomizer(false));
        SslConnectionFactory secured =
                new SslConnectionFactory(contexts(tls.get()), HttpVersion.HTTP_1_1.asString());
        return List.of(new DetectorConnectionFactory(secured), http);
    }

    private static SslContextFactory.Server contexts(TlsReloader tls) {
        TlsConfig config = tls.config();
        SslContextFactory.Server contexts = new Contexts();
        contexts.setSslContext(tls.current().context());
        contexts.setIncludeProtocols(config.minVersion().protocols().toArray(String[]::new));
        contexts.setExcludeProtocols();
        contexts.setIncludeCipherSuites(CipherSuites.NAMES.toArray(String[]::new));
        contexts.setExcludeCipherSuites();
        contexts.setUseCipherSuitesOrder(true);
        contexts.setRenegotiationAllowed(false);
        contexts.setSslSessionTimeout(SESSION_SECONDS);
        contexts.setWantClientAuth(config.http().clientAuth() == ClientAuth.OPTIONAL);
        contexts.setNeedClientAuth(config.http().clientAuth() == ClientAuth.REQUIRED);
        tls.onReload(identity -> reload(contexts, identity));
        return contexts;
    }

    /** Makes engines with {@link KeyExchangeConstraints}. */
    private static final class Contexts extends SslContextFactory.Server {
        @Override
        public SSLParameters customize(SSLParameters parameters) {
            SSLParameters customized = super.customize(parameters);
            customized.setAlgorithmConstraints(new KeyExchangeConstraints());
            return customized;
        }
    }

    private static void reload(SslContextFactory.Server contexts, TlsIdentity identity) {
        try {
            contexts.reload(factory -> factory.setSslContext(identity.context()));
        } catch (Exception e) { // Jetty's signature; it only builds from the context given.
            throw new IllegalStateException("the HTTP listener cannot use the " + identity, e);
        }
    }
}

package io.lignum.cluster.consul;

import com.google.common.net.HostAndPort;

import io.lignum.record.IoErrors;

import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.config.CacheConfig;
import org.kiwiproject.consul.config.ClientConfig;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Creates the clients of consul-client for a {@link ConsulCoordinator}. */
final class ConsulClients {

    private ConsulClients() {}

    static Consul of(ConsulSettings settings) {
        // consul-client's own adjustment of read time-outs ignores milliseconds; SendOnce sets
        // them.
        ClientConfig config = new ClientConfig(
                CacheConfig.builder().withTimeoutAutoAdjustmentEnabled(false).build());
        HostAndPort agent = HostAndPort.fromParts(settings.host(), settings.port());
        Consul.Builder builder = Consul.builder()
                .withHostAndPort(agent)
                .withHttps(settings.https())
                .withClientConfiguration(config)
                .withConnectTimeoutMillis(settings.connectTimeout().toMillis())
                .withReadTimeoutMillis(settings.readTimeout().toMillis())
                .withWriteTimeoutMillis(settings.readTimeout().toMillis())
                .withConsulFailoverInterceptor(new SendOnce(agent, settings.readTimeout()));
        settings.aclToken().ifPresent(builder::withTokenAuth);
        if (settings.https() && settings.caCertificate().isPresent()) {
            trust(builder, settings.caCertificate().get());
        }
        return builder.build();
    }

    private static void trust(Consul.Builder builder, Path certificates) {
        try {
            X509TrustManager manager = trustManager(certificates);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {manager}, null);
            builder.withSslContext(context).withTrustManager(manager);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "cannot use the certificates in " + certificates + ": " + IoErrors.describe(e),
                    e);
        }
    }

    private static X509TrustManager trustManager(Path certificates)
            throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificates)) {
            int number = 0;
            for (Certificate each :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("consul-" + number++, each);
            }
            if (number == 0) {
                throw new IOException("it has no certificate");
            }
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return Arrays.stream(factory.getTrustManagers())
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("no X.509 trust manager"));
    }
}

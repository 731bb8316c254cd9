package io.lignum.server.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of TLS. Immutable.
 *
 * @param files where the key, its certificate and the trusted CAs are
 * @param minVersion the oldest version that clients may use
 * @param reloadInterval time between two looks at the files; zero: they are read once
 * @param expiryWarning how long before its end a certificate is reported
 * @param cluster the name of the cluster, if nodes use TLS among themselves
 * @param http what the HTTP listener accepts
 * @param grpc what the gRPC listener accepts
 */
public record TlsConfig(
        Files files,
        TlsVersion minVersion,
        Duration reloadInterval,
        Duration expiryWarning,
        Optional<String> cluster,
        Listener http,
        Listener grpc) {

    /**
     * PEM files.
     *
     * @param certificate the node's certificate and its intermediate ones, in any order
     * @param key the private key, PKCS#8
     * @param keyPassword the password of an encrypted key
     * @param clientCa CAs that issue the certificates of clients
     * @param clusterCa CAs that issue the certificates of the cluster's nodes
     */
    public record Files(
            Path certificate,
            Path key,
            Optional<Path> keyPassword,
            Optional<Path> clientCa,
            Optional<Path> clusterCa) {}

    /** What one listener accepts. */
    public record Listener(TlsMode mode, ClientAuth clientAuth) {}
}

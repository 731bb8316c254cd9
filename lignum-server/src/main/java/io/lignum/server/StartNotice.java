package io.lignum.server;

import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.tls.ClientAuth;
import io.lignum.server.tls.TlsMode;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Logs at the start which callers the node serves, and which setting changes that. */
final class StartNotice {

    private static final Logger LOG = LoggerFactory.getLogger(StartNotice.class);

    private StartNotice() {}

    /** @throws NodeStartException the address to bind is invalid */
    static void log(ServerConfig config) {
        boolean reachable = isReachable(config.host());
        switch (config.access().mode()) {
            case PROTECTED -> logProtected(config);
            case OPEN -> {
                if (reachable) { // The alarm OPEN_TO_ALL is the warning.
                    LOG.info(
                            "Mode open, and {} is bound: everyone who reaches this host can read,"
                                    + " write and delete{}. Restrict access to the ports, or remove"
                                    + " security.mode",
                            config.host(),
                            exceptions(config));
                }
            }
            case OBSERVE ->
                LOG.warn(
                        "Mode observe: all callers are served, and {} is bound. What mode on would"
                                + " refuse is in the audit log",
                        config.host());
            case ON -> logOn(config, reachable);
        }
    }

    private static void logProtected(ServerConfig config) {
        LOG.info(
                "Mode protected: only callers on this host are served; {} is bound. To serve"
                        + " other hosts of a trusted network, set security.mode: open; to serve"
                        + " callers that log in, set security.mode: on",
                config.host());
        if (config.cluster().filter(ClusterSettings::hasSecret).isPresent()) {
            LOG.warn("cluster.secret is set, so the cluster may have several hosts: each node"
                    + " serves clients on its own host only, unless security.mode is open or on");
        }
    }

    private static void logOn(ServerConfig config, boolean reachable) {
        LOG.info("Mode on: callers that log in are served; {} is bound", config.host());
        boolean plain = config.tls()
                .filter(tls -> tls.http().mode() == TlsMode.REQUIRED
                        && tls.grpc().mode() == TlsMode.REQUIRED)
                .isEmpty();
        if (plain && reachable) {
            LOG.warn(
                    "Connections without TLS are accepted, on which records can be read by others;"
                            + " passwords and tokens are {} there. Set tls.mode: required",
                    config.access().logins().plainCredentials() ? "accepted" : "refused");
        }
    }

    /** What TLS prevents, as the end of a sentence. */
    private static String exceptions(ServerConfig config) {
        return needsCertificate(config)
                ? ", if it has a certificate of a CA in tls.client-ca-file"
                : "; there is no authentication unless clients need a certificate"
                        + " (server.client-auth, server.grpc-client-auth)";
    }

    /** Whether only clients with a certificate are served. */
    static boolean needsCertificate(ServerConfig config) {
        return config.tls()
                .filter(tls -> tls.http().clientAuth() == ClientAuth.REQUIRED
                        && tls.grpc().clientAuth() == ClientAuth.REQUIRED)
                .isPresent();
    }

    /** Whether other hosts reach a listener that is bound here. */
    static boolean isReachable(String host) {
        try {
            return !InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new NodeStartException(
                    "server.host is " + host + ", which is not an address of this host", e);
        }
    }
}

package io.lignum.server;

import io.lignum.server.access.SecurityMode;
import io.lignum.server.config.ClusterSettings;
import io.lignum.server.config.ServerConfig;

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
        if (config.access().mode() == SecurityMode.PROTECTED) {
            LOG.info(
                    "Mode protected: only callers on this host are served; {} is bound. To serve"
                            + " other hosts of a trusted network, set security.mode: open",
                    config.host());
            if (config.cluster().flatMap(ClusterSettings::secret).isPresent()) {
                LOG.warn("cluster.secret is set, so the cluster may have several hosts: each node"
                        + " serves clients on its own host only, unless security.mode is open");
            }
        } else if (reachable) {
            LOG.warn(
                    "Mode open, and {} is bound: everyone who reaches this host can read, write and"
                            + " delete; there is no encryption and no authentication in this"
                            + " release. Restrict access to the ports, or remove security.mode",
                    config.host());
        }
    }

    private static boolean isReachable(String host) {
        try {
            return !InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new NodeStartException(
                    "server.host is " + host + ", which is not an address of this host", e);
        }
    }
}

package io.lignum.server.access;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The host names that requests may carry. A web page can let a name of its own resolve to this host
 * (DNS rebinding). It cannot do so with an address, or with a name that belongs to the node. Any
 * thread.
 */
final class HostNames {

    private static final Pattern PORT = Pattern.compile(":\\d*$");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("\\[[0-9a-f:.]+(%[\\w.~%-]+)?]");

    private final Set<String> configured = new HashSet<>();
    private @Nullable String ofSystem;

    HostNames(AccessConfig config) {
        config.ownNames().forEach(name -> configured.add(normal(name)));
        config.allowedHosts().forEach(name -> configured.add(normal(name)));
    }

    /**
     * Whether requests may name the node like this.
     *
     * @param host as in the Host header: a name or an address, perhaps with a port
     */
    boolean contains(String host) {
        String name = normal(withoutPort(host.strip()));
        return IPV4.matcher(name).matches()
                || IPV6.matcher(name).matches()
                || name.equals("localhost")
                || name.endsWith(".localhost")
                || configured.contains(name)
                || (!name.isEmpty() && name.equals(nameOfSystem()));
    }

    private static String withoutPort(String host) {
        return PORT.matcher(host).replaceFirst("");
    }

    private static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /**
     * This host's name. Looked up once, when a request first carries a name, because the resolver
     * may block.
     */
    private synchronized String nameOfSystem() {
        if (ofSystem == null) {
            try {
                ofSystem = normal(InetAddress.getLocalHost().getHostName());
            } catch (UnknownHostException none) {
                ofSystem = "";
            }
        }
        return ofSystem;
    }
}

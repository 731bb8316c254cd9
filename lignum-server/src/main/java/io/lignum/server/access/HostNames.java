package io.lignum.server.access;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names that callers may call the node by. A web page can let a name of its own resolve to this
 * host (DNS rebinding), but an address is nobody's name, and the node's names do not belong to the
 * page. Any thread.
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
     * Whether a caller may call the node so.
     *
     * @param host as in the header Host: a name or an address, and perhaps a port
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

    /** Asked for once, and only if a caller uses a name: it may wait for the resolver. */
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

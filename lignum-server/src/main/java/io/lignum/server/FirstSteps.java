package io.lignum.server;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The command that a new user can try first. */
final class FirstSteps {

    private FirstSteps() {}

    /** Returns a shell command that appends a message. */
    static String line(String boundHost, int httpPort, boolean requiresTls, boolean requiresLogin) {
        return "curl " + (requiresLogin ? "-u USER " : "")
                + (requiresTls ? "--cacert CA.pem https://" : "") + host(boundHost) + ":"
                + httpPort + "/api/message -d '{\"topic\":\"trees\",\"message\":\"oak\"}'";
    }

    private static String host(String bound) {
        try {
            InetAddress address = InetAddress.getByName(bound);
            boolean own = address.isAnyLocalAddress() || address.isLoopbackAddress();
            return own ? "localhost" : bound.indexOf(':') < 0 ? bound : "[" + bound + "]";
        } catch (UnknownHostException e) {
            return bound;
        }
    }
}

package io.lignum.access.login;

import java.net.InetAddress;

/**
 * Where a login comes from.
 *
 * @param isThisHost whether the caller runs on the node's host; false for what a proxy forwards
 */
public record Origin(InetAddress address, boolean isThisHost) {}

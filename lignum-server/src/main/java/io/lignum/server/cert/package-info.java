/**
 * Issues certificates for the nodes and users of a cluster, with the JDK's keytool. Used by the
 * command line only; a node does not need it.
 */
@NullMarked
package io.lignum.server.cert;

import org.jspecify.annotations.NullMarked;

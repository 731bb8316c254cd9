/**
 * Decides who is served. Knows no protocol: the HTTP and gRPC listeners say what a call is and
 * where it comes from.
 */
@NullMarked
package io.lignum.server.access;

import org.jspecify.annotations.NullMarked;

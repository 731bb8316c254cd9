/**
 * The files of a data directory through which an operator on the node's host gets access: one for
 * the first administrator, one for a lost password. The command line writes them, the node reads
 * them.
 */
@NullMarked
package io.lignum.server.security;

import org.jspecify.annotations.NullMarked;

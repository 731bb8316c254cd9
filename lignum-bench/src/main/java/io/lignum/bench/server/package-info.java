/** Servers with a log and their clients: each the same work, so that they can be compared. */
@NullMarked
package io.lignum.bench.server;

import org.jspecify.annotations.NullMarked;

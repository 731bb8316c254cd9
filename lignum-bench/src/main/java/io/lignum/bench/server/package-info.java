/** Servers with a log, and their clients. All do the same work, so that they can be compared. */
@NullMarked
package io.lignum.bench.server;

import org.jspecify.annotations.NullMarked;

/** Reads and checks the node's settings. */
@NullMarked
package io.lignum.server.config;

import org.jspecify.annotations.NullMarked;

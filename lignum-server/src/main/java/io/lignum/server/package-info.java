/** The node as a process or inside a program: start, stop, and the command line of serve. */
@NullMarked
package io.lignum.server;

import org.jspecify.annotations.NullMarked;

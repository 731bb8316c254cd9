/** The format of the node's log. */
@NullMarked
package io.lignum.server.logging;

import org.jspecify.annotations.NullMarked;

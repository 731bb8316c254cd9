/** The standalone node. */
@NullMarked
package io.lignum.server;

import org.jspecify.annotations.NullMarked;

/** The HTTP listener. */
@NullMarked
package io.lignum.server.http;

import org.jspecify.annotations.NullMarked;

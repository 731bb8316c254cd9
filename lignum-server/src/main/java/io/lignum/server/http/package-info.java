/** The HTTP door. */
@NullMarked
package io.lignum.server.http;

import org.jspecify.annotations.NullMarked;

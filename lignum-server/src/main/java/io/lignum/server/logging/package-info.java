/** How the node writes its log. */
@NullMarked
package io.lignum.server.logging;

import org.jspecify.annotations.NullMarked;

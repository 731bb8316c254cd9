/** Files of keys, certificates and secrets that may be replaced while the node runs. */
@NullMarked
package io.lignum.server.reload;

import org.jspecify.annotations.NullMarked;

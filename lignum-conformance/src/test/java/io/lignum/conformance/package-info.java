/** What the engine writes, read by tools that are not ours. */
@NullMarked
package io.lignum.conformance;

import org.jspecify.annotations.NullMarked;

/** Record batches: building, reading and checking them. */
@NullMarked
package io.lignum.record;

import org.jspecify.annotations.NullMarked;

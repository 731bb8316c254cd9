/** The log engine. */
@NullMarked
package io.lignum.storage;

import org.jspecify.annotations.NullMarked;

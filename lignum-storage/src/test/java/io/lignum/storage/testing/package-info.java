/** Samples for the tests of this module and of those that use it. */
@NullMarked
package io.lignum.storage.testing;

import org.jspecify.annotations.NullMarked;

/** Complete programs to start from. Each runs by itself and prints what it does. */
@NullMarked
package io.lignum.examples;

import org.jspecify.annotations.NullMarked;

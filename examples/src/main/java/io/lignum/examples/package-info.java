/** Programs to start from. Each runs alone and says what it does. */
@NullMarked
package io.lignum.examples;

import org.jspecify.annotations.NullMarked;

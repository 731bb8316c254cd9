@NullMarked
package io.lignum.examples;

import org.jspecify.annotations.NullMarked;

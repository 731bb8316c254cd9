@NullMarked
package io.lignum.bench;

import org.jspecify.annotations.NullMarked;

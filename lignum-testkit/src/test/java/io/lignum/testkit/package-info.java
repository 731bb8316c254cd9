@NullMarked
package io.lignum.testkit;

import org.jspecify.annotations.NullMarked;

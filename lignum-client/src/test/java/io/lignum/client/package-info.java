@NullMarked
package io.lignum.client;

import org.jspecify.annotations.NullMarked;

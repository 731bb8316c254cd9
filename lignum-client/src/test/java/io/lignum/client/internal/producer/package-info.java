@NullMarked
package io.lignum.client.internal.producer;

import org.jspecify.annotations.NullMarked;

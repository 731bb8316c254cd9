@NullMarked
package io.lignum.client.internal.net;

import org.jspecify.annotations.NullMarked;

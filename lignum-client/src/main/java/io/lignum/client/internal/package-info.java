/**
 * The implementation of the public API in {@code io.lignum.client}. The module does not export
 * these packages. {@code producer} and {@code consumer} do not know each other; both use
 * {@code net}, and all use {@code errors}. Of the public API they use interfaces, values and
 * exceptions.
 */
@NullMarked
package io.lignum.client.internal;

import org.jspecify.annotations.NullMarked;

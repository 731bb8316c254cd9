/**
 * Makes the exceptions of the client and classifies errors; checks the arguments of users.
 */
@NullMarked
package io.lignum.client.internal.errors;

import org.jspecify.annotations.NullMarked;

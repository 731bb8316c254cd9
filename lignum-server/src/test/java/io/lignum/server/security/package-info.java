@NullMarked
package io.lignum.server.security;

import org.jspecify.annotations.NullMarked;

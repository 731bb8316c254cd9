/**
 * The HTTP listener. A request passes {@link io.lignum.server.http.RequestFilter}, which loads its
 * body, and a route, on a thread of Jetty's pool; {@link io.lignum.server.http.Answers} sends the
 * response. No thread waits for an append or for a client.
 */
@NullMarked
package io.lignum.server.http;

import org.jspecify.annotations.NullMarked;

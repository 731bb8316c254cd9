/** Throws at every hand-over of the server, by instrumenting its classes in the test. */
@org.jspecify.annotations.NullMarked
package io.lignum.server.faults;

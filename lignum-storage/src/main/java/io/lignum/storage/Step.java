package io.lignum.storage;

/** A step of a log's writer, taken from its queue in order: appends or a command. */
sealed interface Step permits AppendGroup, WriterCommand {}

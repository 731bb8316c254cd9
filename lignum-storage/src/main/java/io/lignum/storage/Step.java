package io.lignum.storage;

/** What a log's writer takes from its queue, in order: appends or a command. */
sealed interface Step permits AppendGroup, LogCommand {}

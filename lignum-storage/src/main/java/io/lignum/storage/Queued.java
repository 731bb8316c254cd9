package io.lignum.storage;

/**
 * What a caller gets after it queued something for a log's writer: the writer's turn, or nothing to
 * do.
 */
sealed interface Queued permits WriterTurn, Queued.BehindWriter {

    /** Another thread has the writer's turn, and will process what was queued. */
    final class BehindWriter implements Queued {

        static final BehindWriter INSTANCE = new BehindWriter();

        private BehindWriter() {}
    }
}

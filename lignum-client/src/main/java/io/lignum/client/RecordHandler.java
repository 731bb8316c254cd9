package io.lignum.client;

/** Processes records, one at a time. */
@FunctionalInterface
public interface RecordHandler<K, V> {

    /**
     * Processes one record. The next call follows after this one has returned.
     *
     * @throws Exception ends the subscription; the record does not count as processed
     */
    void handle(Received<K, V> received) throws Exception;
}

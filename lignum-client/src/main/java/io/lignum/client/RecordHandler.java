package io.lignum.client;

/** What is done with each record. */
@FunctionalInterface
public interface RecordHandler<K, V> {

    /**
     * Called for one record after the other, never for two at once.
     *
     * @throws Exception ends the subscription; the record counts as not processed
     */
    void handle(Received<K, V> received) throws Exception;
}

package io.lignum.bench.failover;

import io.lignum.client.Consumer;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Received;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads all records from a node other than the leader, on its own thread, and enters them in the
 * {@link Ledger}.
 */
final class LedgerReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    private final LignumClient client;
    private final Consumer<byte[], byte[]> consumer;
    private final Ledger ledger;
    private final Thread thread = new Thread(this::run, "reader");
    private volatile boolean stopped;

    LedgerReader(List<String> addresses, String preferred, String topic, Ledger ledger) {
        this.ledger = ledger;
        client = LignumClient.builder().addresses(addresses).build();
        consumer = client.consumer(topic).fromBeginning().prefer(preferred).open();
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                Optional<Received<byte[], byte[]>> next = consumer.poll(POLL);
                if (next.isPresent()) {
                    byte[] value = Objects.requireNonNull(next.get().value());
                    ledger.received(ByteBuffer.wrap(value).getLong(), next.get().offset());
                }
            }
        } catch (LignumException e) {
            ledger.problem("the consumer failed: " + e);
        } catch (InterruptedException e) {
            ledger.problem("the consumer was interrupted");
        }
    }

    /** Waits until all records acknowledged so far are received. */
    void catchUp(long nanos) throws InterruptedException {
        ledger.awaitReceived(nanos);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}

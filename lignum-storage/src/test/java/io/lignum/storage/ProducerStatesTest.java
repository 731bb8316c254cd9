package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.ProducerStamp;
import io.lignum.storage.internal.segment.ProducerStates;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

class ProducerStatesTest {

    private final ProducerStates states = new ProducerStates(3);

    private static ProducerStamp stamp(long id, int epoch, int sequence) {
        return new ProducerStamp(id, (short) epoch, sequence);
    }

    private void accept(long id, int epoch, int sequence, int count, long offset) {
        assertThat(check(stamp(id, epoch, sequence), count)).isEmpty();
        states.accept(stamp(id, epoch, sequence), count, offset, 0);
    }

    /** Where the first copy stands; empty for the next batch. */
    private OptionalLong check(ProducerStamp stamp, int count) {
        ProducerCheck.check(states, stamp, count);
        return states.firstCopy(stamp, count);
    }

    @Test
    void anyOfTheLastBatches_isRecognised_andAnOlderOneRefused() {
        int batches = ProducerStates.WINDOW + 2;
        for (int i = 0; i < batches; i++) {
            accept(1, 0, 2 * i, 2, 100 + 2 * i);
        }
        for (int i = 2; i < batches; i++) {
            assertThat(check(stamp(1, 0, 2 * i), 2)).hasValue(100 + 2 * i);
        }
        assertThatThrownBy(() -> check(stamp(1, 0, 2), 2))
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
        assertThatThrownBy(() -> check(stamp(1, 0, 4), 1))
                .as("same start, other size")
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
    }

    @Test
    void gapInTheSequence_isRefused_andAnUnknownProducerMustStartAt0() {
        accept(1, 0, 0, 3, 0);
        assertThatThrownBy(() -> check(stamp(1, 0, 4), 1))
                .isInstanceOf(StorageException.OutOfOrderSequence.class)
                .hasMessageContaining("expected is 3");
        assertThatThrownBy(() -> check(stamp(2, 0, 3), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void newEpoch_startsAt0_andFencesTheOldOne() {
        accept(1, 0, 0, 3, 0);
        assertThatThrownBy(() -> check(stamp(1, 1, 3), 1))
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
        accept(1, 1, 0, 1, 3);
        assertThatThrownBy(() -> check(stamp(1, 0, 3), 1))
                .isInstanceOf(StorageException.ProducerFenced.class);
    }

    @Test
    void sequence_wrapsTo0AfterTheLargestInt() {
        states.accept(stamp(1, 0, Integer.MAX_VALUE - 1), 2, 10, 0);
        accept(1, 0, 0, 5, 12);
        assertThat(check(stamp(1, 0, Integer.MAX_VALUE - 1), 2)).hasValue(10);
    }

    @Test
    void sequence_wrapsWithinABatch() {
        states.accept(stamp(1, 0, Integer.MAX_VALUE), 3, 10, 0);
        assertThat(check(stamp(1, 0, 2), 1)).isEmpty();
    }

    @Test
    void tooManyProducers_forgetTheOneUsedLeastRecently() {
        accept(1, 0, 0, 1, 0);
        accept(2, 0, 0, 1, 1);
        accept(3, 0, 0, 1, 2);
        accept(1, 0, 1, 1, 3);
        accept(4, 0, 0, 1, 4);
        assertThatThrownBy(() -> check(stamp(2, 0, 1), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
        assertThat(check(stamp(1, 0, 2), 1)).isEmpty();
    }

    @Test
    void truncation_forgetsWhatIsCut() {
        accept(1, 0, 0, 2, 0);
        accept(1, 0, 2, 2, 2);
        accept(2, 0, 0, 1, 4);
        states.truncateTo(2);
        assertThat(check(stamp(1, 0, 2), 9)).isEmpty();
        assertThat(check(stamp(2, 0, 0), 1)).isEmpty();
    }

    @Test
    void encodedStates_areTheSame_inOrderOfUseToo() {
        accept(1, 0, 0, 1, 0);
        accept(2, 3, 0, 1, 1);
        accept(3, 0, 0, 1, 2);
        accept(1, 0, 1, 1, 3);
        ByteBuffer bytes = ByteBuffer.allocate(states.encodedBytes());
        states.encode(bytes);
        ProducerStates decoded = ProducerStates.decode(bytes.flip(), 3);
        ByteBuffer again = ByteBuffer.allocate(states.encodedBytes());
        decoded.encode(again);
        assertThat(again.flip()).isEqualTo(bytes.rewind());
        decoded.accept(stamp(4, 0, 0), 1, 9, 0);
        assertThatThrownBy(() -> ProducerCheck.check(decoded, stamp(2, 3, 1), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void batchAcceptedTwice_changesNothing() {
        accept(1, 0, 0, 2, 10);
        states.accept(stamp(1, 0, 0), 2, 10, 0);
        assertThat(check(stamp(1, 0, 2), 1)).isEmpty();
    }
}

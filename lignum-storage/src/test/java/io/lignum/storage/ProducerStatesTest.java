package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.ProducerStamp;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;

class ProducerStatesTest {

    private final ProducerStates states = new ProducerStates(3);

    private static ProducerStamp stamp(long id, int epoch, int sequence) {
        return new ProducerStamp(id, (short) epoch, sequence);
    }

    private void accept(long id, int epoch, int sequence, int count, long offset) {
        assertThat(states.check(stamp(id, epoch, sequence), count)).isNull();
        states.accept(stamp(id, epoch, sequence), count, offset, 0);
    }

    @Test
    void anyOfTheLastBatches_isRecognised_andAnOlderOneRefused() {
        int batches = ProducerStates.WINDOW + 2;
        for (int i = 0; i < batches; i++) {
            accept(1, 0, 2 * i, 2, 100 + 2 * i);
        }
        for (int i = 2; i < batches; i++) {
            assertThat(states.check(stamp(1, 0, 2 * i), 2))
                    .isEqualTo(new Appended(100 + 2 * i, 2, true));
        }
        assertThatThrownBy(() -> states.check(stamp(1, 0, 2), 2))
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
        assertThatThrownBy(() -> states.check(stamp(1, 0, 4), 1))
                .as("same start, other size")
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
    }

    @Test
    void gapInTheSequence_isRefused_andAnUnknownProducerMustStartAt0() {
        accept(1, 0, 0, 3, 0);
        assertThatThrownBy(() -> states.check(stamp(1, 0, 4), 1))
                .isInstanceOf(StorageException.OutOfOrderSequence.class)
                .hasMessageContaining("expected is 3");
        assertThatThrownBy(() -> states.check(stamp(2, 0, 3), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void newEpoch_startsAt0_andFencesTheOldOne() {
        accept(1, 0, 0, 3, 0);
        assertThatThrownBy(() -> states.check(stamp(1, 1, 3), 1))
                .isInstanceOf(StorageException.OutOfOrderSequence.class);
        accept(1, 1, 0, 1, 3);
        assertThatThrownBy(() -> states.check(stamp(1, 0, 3), 1))
                .isInstanceOf(StorageException.ProducerFenced.class);
    }

    @Test
    void sequence_wrapsTo0AfterTheLargestInt() {
        states.accept(stamp(1, 0, Integer.MAX_VALUE - 1), 2, 10, 0);
        accept(1, 0, 0, 5, 12);
        assertThat(states.check(stamp(1, 0, Integer.MAX_VALUE - 1), 2))
                .isEqualTo(new Appended(10, 2, true));
    }

    @Test
    void sequence_wrapsWithinABatch() {
        states.accept(stamp(1, 0, Integer.MAX_VALUE), 3, 10, 0);
        assertThat(states.check(stamp(1, 0, 2), 1)).isNull();
    }

    @Test
    void tooManyProducers_forgetTheOneUsedLeastRecently() {
        accept(1, 0, 0, 1, 0);
        accept(2, 0, 0, 1, 1);
        accept(3, 0, 0, 1, 2);
        accept(1, 0, 1, 1, 3);
        accept(4, 0, 0, 1, 4);
        assertThatThrownBy(() -> states.check(stamp(2, 0, 1), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
        assertThat(states.check(stamp(1, 0, 2), 1)).isNull();
    }

    @Test
    void truncation_forgetsWhatIsCut() {
        accept(1, 0, 0, 2, 0);
        accept(1, 0, 2, 2, 2);
        accept(2, 0, 0, 1, 4);
        states.truncateTo(2);
        assertThat(states.check(stamp(1, 0, 2), 9)).isNull();
        assertThat(states.check(stamp(2, 0, 0), 1)).isNull();
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
        assertThatThrownBy(() -> decoded.check(stamp(2, 3, 1), 1))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void batchAcceptedTwice_changesNothing() {
        accept(1, 0, 0, 2, 10);
        states.accept(stamp(1, 0, 0), 2, 10, 0);
        assertThat(states.check(stamp(1, 0, 2), 1)).isNull();
    }
}

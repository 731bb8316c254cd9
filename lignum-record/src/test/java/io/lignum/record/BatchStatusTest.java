package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.util.List;

class BatchStatusTest {
    private static ByteBuffer batch() {
        return RecordBatchBuilder.build(
                List.of(LogRecord.of("one"), LogRecord.of("two")), Compression.NONE, Samples.NOW);
    }

    private static BatchStatus check(ByteBuffer bytes) {
        return RecordBatch.check(bytes, 0, 1000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 12, 60, 61, 62, 5000})
    void zeroBytes_areEmpty(int size) {
        assertThat(check(ByteBuffer.allocate(size))).isEqualTo(BatchStatus.EMPTY);
    }

    @Test
    void zeroHeaderBeforeOtherBytes_isEmpty() {
        assertThat(check(ByteBuffer.allocate(62).put(61, (byte) 1))).isEqualTo(BatchStatus.EMPTY);
        assertThat(check(ByteBuffer.allocate(62).put(60, (byte) 1)))
                .isEqualTo(BatchStatus.BAD_LENGTH);
    }

    @Test
    void positionOutsideTheBuffer_isIncomplete() {
        assertThat(RecordBatch.check(batch(), -1, 1000)).isEqualTo(BatchStatus.INCOMPLETE);
        assertThat(RecordBatch.check(batch(), 5000, 1000)).isEqualTo(BatchStatus.INCOMPLETE);
        assertThat(RecordBatch.check(batch(), Integer.MIN_VALUE, 1000))
                .isEqualTo(BatchStatus.INCOMPLETE);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {Integer.MIN_VALUE, -1, 0, 48, 989, Integer.MAX_VALUE - 11, Integer.MAX_VALUE})
    void lengthOutOfBounds_isBadLength(int length) {
        ByteBuffer batch = batch();
        batch.putInt(8, length);
        assertThat(check(batch)).isEqualTo(BatchStatus.BAD_LENGTH);
    }

    @Test
    void sizeAtTheLimit_isValidAndOneAboveIsBadLength() {
        ByteBuffer batch = batch();
        int size = batch.limit();
        assertThat(RecordBatch.check(batch, 0, size)).isEqualTo(BatchStatus.VALID);
        assertThat(RecordBatch.check(batch, 0, size - 1)).isEqualTo(BatchStatus.BAD_LENGTH);
        assertThat(RecordBatch.check(batch, 0, 0)).isEqualTo(BatchStatus.BAD_LENGTH);
        assertThat(RecordBatch.check(batch, 0, Integer.MIN_VALUE))
                .isEqualTo(BatchStatus.BAD_LENGTH);
        assertThat(RecordBatch.check(batch, 0, Integer.MAX_VALUE)).isEqualTo(BatchStatus.VALID);
    }

    @ParameterizedTest
    @CsvSource({
        "0,UNSUPPORTED_VERSION", "1,UNSUPPORTED_VERSION", "3,UNSUPPORTED_VERSION",
        "127,UNSUPPORTED_VERSION", "-1,BAD_HEADER", "-128,BAD_HEADER"
    })
    void otherMagic_isAnotherVersionOrNonsense(byte magic, BatchStatus expected) {
        ByteBuffer batch = batch();
        batch.put(16, magic);
        assertThat(check(batch)).isEqualTo(expected);
    }

    @Test
    void otherMagicBeforeTheRestHasArrived_isAnotherVersion() {
        ByteBuffer batch = batch();
        batch.put(16, (byte) 3).limit(40);
        assertThat(check(batch)).isEqualTo(BatchStatus.UNSUPPORTED_VERSION);
    }

    @ParameterizedTest
    @CsvSource({
        "recordsCount,57,0", "recordsCount,57,-1", "recordsCount,57,3", "lastOffsetDelta,23,0",
        "lastOffsetDelta,23,2", "lastOffsetDelta,23,-1", "epoch,12,-2", "producerEpoch,51,1",
        "baseSequence,53,0", "baseSequence,53,-2", "producerId,43,1", "producerId,43,-2"
    })
    void contradictionInTheHeader_isBadHeaderEvenUnderARightCrc(String field, int at, int value) {
        ByteBuffer batch = batch();
        assertThat(field).isNotEmpty();
        batch.putInt(at, value);
        assertThat(check(Samples.seal(batch))).isEqualTo(BatchStatus.BAD_HEADER);
    }

    @ParameterizedTest
    @CsvSource({
        "baseOffset,0,-1", "baseOffset,0,9223372036854775806", "baseTimestamp,27,-1",
        "baseTimestamp,27,1800000000001", "maxTimestamp,35,-1", "maxTimestamp,35,1799999999999"
    })
    void longFieldOutOfRange_isBadHeaderEvenUnderARightCrc(String field, int at, long value) {
        ByteBuffer batch = batch();
        assertThat(field).isNotEmpty();
        batch.putLong(at, value);
        assertThat(check(Samples.seal(batch))).isEqualTo(BatchStatus.BAD_HEADER);
    }

    @Test
    void unstampedEpoch_isValid() {
        ByteBuffer batch = batch();
        batch.putInt(12, -1);
        assertThat(check(batch)).isEqualTo(BatchStatus.VALID);
    }

    @Test
    void changedByte_isBadCrc() {
        ByteBuffer batch = batch();
        batch.put(batch.limit() - 2, (byte) '!');
        assertThat(check(batch)).isEqualTo(BatchStatus.BAD_CRC);
        assertThat(RecordBatch.at(batch, 0).crcMatches()).isFalse();
    }

    @Test
    void check_leavesTheBufferAsItIs() {
        ByteBuffer batch = batch();
        batch.position(3);
        check(batch);
        assertThat(batch.position()).isEqualTo(3);
        assertThat(check(batch.asReadOnlyBuffer())).isEqualTo(BatchStatus.VALID);
    }
}

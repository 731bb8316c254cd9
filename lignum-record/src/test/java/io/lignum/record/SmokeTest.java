package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.List;

class SmokeTest {
    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"NONE", "LZ4", "ZSTD"})
    void works(Compression c) {
        LogRecord r = LogRecord.of(new byte[] {1}, new byte[300])
                .withHeaders(
                        List.of(new RecordHeader("a", null), new RecordHeader("ä", new byte[1])));
        ByteBuffer b = RecordBatchBuilder.build(
                List.of(r, r.withTimestamp(5), LogRecord.of("x"), LogRecord.of((byte[]) null)),
                c,
                7);
        assertThat(RecordBatch.check(b, 0, 1 << 20)).isEqualTo(BatchStatus.VALID);
        BatchValidator.validate(b, 0, 1 << 20, 1 << 20, 1000);
        RecordCursor cursor = RecordBatch.at(b, 0).records();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.toRecord())
                .isEqualTo(new StoredRecord(0, 7, r.key(), r.value(), r.headers()));
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.timestamp()).isEqualTo(5);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.toRecord().text()).isEqualTo("x");
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.hasValue()).isFalse();
        assertThat(cursor.next()).isFalse();
    }
}

package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatchBuilder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What retention deletes when timestamps are wrong, a topic is idle, or its bounds are small. */
class RetentionTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final long YEAR_2_62 = 1L << 62;

    private final Simulation simulation = new Simulation(11);
    private final LogStore store = simulation.open();

    private static TopicConfig keeping(Duration age) {
        return TopicConfig.DEFAULT.withRetentionAge(Optional.of(age));
    }

    private static TopicConfig unbounded(Duration age) {
        return keeping(age)
                .withSegmentMaxRecords(1)
                .withTimestamps(new TimestampBounds(Optional.empty(), Optional.empty()));
    }

    private long now() {
        return simulation.environment.wallMillis();
    }

    private void append(TopicLog log, long timestamp) {
        simulation.run(log.appendAsync(LogRecord.of("message").withTimestamp(timestamp)));
    }

    private void pass(Duration time) {
        simulation.tick(store, time);
        simulation.tick(store, Duration.ofSeconds(11));
        simulation.tick(store, Duration.ofSeconds(11));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void secondsForMilliseconds_areKeptAsLongAsOthers(boolean reopened) {
        TopicLog log = store.createTopic("t", unbounded(DAY));
        for (int i = 0; i < 40; i++) {
            append(log, now() / 1000);
        }
        if (reopened) {
            simulation.close(store);
            LogStore again = simulation.open();
            simulation.tick(again, HOUR);
            assertThat(again.topic("t").logStartOffset()).isZero();
            return;
        }
        pass(Duration.ofHours(20));
        assertThat(log.logStartOffset()).isZero();
        pass(Duration.ofHours(5));
        assertThat(log.logStartOffset()).isEqualTo(40);
    }

    @Test
    void timestampFarInTheFuture_doesNotPinATopic() {
        TopicLog log = store.createTopic("t", unbounded(DAY));
        append(log, YEAR_2_62);
        append(log, Long.MAX_VALUE);
        append(log, now());
        pass(Duration.ofHours(20));
        assertThat(log.logStartOffset()).isZero();
        pass(Duration.ofHours(5));
        assertThat(log.logStartOffset()).isEqualTo(3);
    }

    @Test
    void oldRecordsOfAFollowerThatWasFilledAgain_areNotKeptForLonger() {
        TopicLog log = store.createTopic("t", unbounded(DAY));
        log.follow();
        for (int i = 0; i < 3; i++) {
            simulation.run(
                    log.appendStamped(batch(i, now() - Duration.ofHours(20).toMillis())));
        }
        pass(Duration.ofHours(3));
        assertThat(log.logStartOffset()).isZero();
        pass(Duration.ofHours(2));
        assertThat(log.logStartOffset()).isEqualTo(3);
    }

    private static ByteBuffer batch(long offset, long timestamp) {
        ByteBuffer buffer = ByteBuffer.allocate(500);
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.begin(buffer, offset, 0);
        assertThat(builder.append(timestamp, LogRecord.of("stamped"))).isTrue();
        builder.finish();
        return buffer.flip();
    }

    @Test
    void shortRetentionOfAnIdleTopic_removesWhatIsOlder() {
        TopicLog log = store.createTopic("t", keeping(Duration.ofSeconds(5)));
        for (int i = 0; i < 10; i++) {
            append(log, now());
        }
        pass(Duration.ofSeconds(11));
        assertThat(log.logStartOffset()).isEqualTo(10);
        append(log, now());
        assertThat(log.logEndOffset()).isEqualTo(11);
    }

    @Test
    void segmentStartedByAClockThatWasWrong_isSealedAllTheSame() {
        TopicLog log = store.createTopic("t", keeping(DAY));
        long right = now();
        simulation.environment.setWallMillis(right + Duration.ofDays(3650).toMillis());
        simulation.run(log.appendAsync(LogRecord.of("from the future")));
        simulation.environment.setWallMillis(right);
        pass(Duration.ofSeconds(11));
        assertThat(log.segmentCount()).isEqualTo(2);
    }

    @Test
    void smallRetentionBytes_areKeptToWithoutManySegments() {
        TopicLog log = store.createTopic(
                "t", TopicConfig.DEFAULT.withRetentionBytes(OptionalLong.of(1 << 20)));
        for (int i = 0; i < 50; i++) {
            simulation.run(log.appendAsync(LogRecord.of("x".repeat(100_000))));
        }
        pass(Duration.ofSeconds(11));
        assertThat(log.sizeInBytes()).isBetween(1L << 20, 3L << 19);
    }

    @Test
    void recordOutsideTheBounds_isRefusedNamingLimitAndValue() {
        TimestampBounds bounds = new TimestampBounds(Optional.of(DAY), Optional.of(HOUR));
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withTimestamps(bounds));
        append(log, now() - DAY.toMillis());
        append(log, now() + HOUR.toMillis());
        refused(log, now() / 1000, "timestampBeforeMax", DAY);
        refused(log, 0, "timestampBeforeMax", DAY);
        refused(log, now() + HOUR.toMillis() + 1, "timestampAfterMax", HOUR);
        refused(log, Long.MAX_VALUE, "timestampAfterMax", HOUR);
        assertThatThrownBy(() ->
                        simulation.run(log.appendAsync(batch(0, now() / 1000), AppendOptions.NONE)))
                .isInstanceOf(StorageException.InvalidTimestamp.class);
        assertThat(log.logEndOffset()).isEqualTo(2);
    }

    private void refused(TopicLog log, long timestamp, String limit, Duration value) {
        StorageException.InvalidTimestamp refused = catchThrowableOfType(
                StorageException.InvalidTimestamp.class, () -> append(log, timestamp));
        assertThat(refused.limit()).contains(new StorageException.Limit(limit, value.toMillis()));
        assertThat(refused).hasMessageContaining(Long.toString(timestamp));
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void byDefault_anyPastAndOneHourOfFutureAreTaken() {
        TopicLog log = store.openOrCreate("t");
        append(log, 0);
        append(log, now() + HOUR.toMillis());
        refused(log, YEAR_2_62, "timestampAfterMax", HOUR);
    }

    @Test
    void repeatThatBecameTooOld_isAnsweredAsARepeat() {
        TimestampBounds bounds = new TimestampBounds(Optional.of(HOUR), Optional.empty());
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withTimestamps(bounds));
        List<LogRecord> records = List.of(LogRecord.of("once").withTimestamp(now()));
        AppendOptions options = AppendOptions.from(new ProducerStamp(7, (short) 0, 0));
        Appended first = simulation.run(log.appendAsync(records, options));
        pass(Duration.ofHours(2));
        Appended again = simulation.run(log.appendAsync(records, options));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.firstOffset()).isEqualTo(first.firstOffset());
    }

    @Test
    void followersAndRecovery_takeWhatTheLeaderTook() {
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);
        log.follow();
        simulation.run(log.appendStamped(batch(0, YEAR_2_62)));
        simulation.crash(true);
        assertThat(simulation.open().topic("t").logEndOffset()).isEqualTo(1);
    }

    @Test
    void boundsOfATopic_areReadAgain() {
        TimestampBounds bounds = new TimestampBounds(Optional.of(DAY), Optional.empty());
        store.createTopic("t", TopicConfig.DEFAULT.withTimestamps(bounds));
        simulation.close(store);
        assertThat(simulation.open().topic("t").config().timestamps()).isEqualTo(bounds);
    }

    @Test
    void durationsThatNoLongOfMillisecondsHolds_areRefused() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        assertThatIllegalArgumentException().isThrownBy(() -> keeping(endless));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TopicConfig.DEFAULT.withSegmentMaxAge(endless));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TimestampBounds(Optional.of(endless), Optional.empty()));
    }
}

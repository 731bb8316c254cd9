package io.lignum.server.service;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Changes of a topic's settings; null leaves a setting unchanged, or at the node's default for a
 * new topic.
 *
 * @param retentionBytes empty keeps all records
 * @param retentionAge empty keeps all records
 * @param live acknowledged by all in-sync replicas of a cluster; such a topic always forces appends
 * @param quorumCount copies needed, including the leader's; 0: the cluster's minimum
 * @param timestampBeforeMax empty accepts any timestamp in the past
 * @param timestampAfterMax empty accepts any timestamp in the future
 */
@SuppressWarnings("NullableOptional") // null leaves it alone, empty removes the bound
public record TopicPatch(
        @Nullable Durability durability,
        @Nullable Long segmentMaxRecords,
        @Nullable Long segmentMaxBytes,
        @Nullable Duration segmentMaxAge,
        @Nullable OptionalLong retentionBytes,
        @Nullable Optional<Duration> retentionAge,
        @Nullable Boolean live,
        @Nullable Long quorumCount,
        @Nullable Optional<Duration> timestampBeforeMax,
        @Nullable Optional<Duration> timestampAfterMax) {

    public static final TopicPatch NONE =
            new TopicPatch(null, null, null, null, null, null, null, null, null, null);

    /** The two settings of the original protocol. */
    public static TopicPatch replication(boolean live, long quorumCount) {
        return new TopicPatch(null, null, null, null, null, null, live, quorumCount, null, null);
    }

    /**
     * Returns the settings with these changes.
     *
     * @throws ServiceException a field is invalid; the message names it
     */
    public TopicConfig applyTo(TopicConfig base) {
        check();
        boolean wantsLive = live != null ? live : base.live();
        Durability wanted = durability != null ? durability : base.durability();
        if (wantsLive && wanted != Durability.ALWAYS) {
            throw ServiceException.invalid(
                    "durability", "a live topic always fsyncs: durability must be always");
        }
        try {
            return new TopicConfig(
                    wanted,
                    segmentMaxRecords != null ? segmentMaxRecords : base.segmentMaxRecords(),
                    segmentMaxBytes != null ? segmentMaxBytes : base.segmentMaxBytes(),
                    segmentMaxAge != null ? segmentMaxAge : base.segmentMaxAge(),
                    retentionBytes != null ? retentionBytes : base.retentionBytes(),
                    retentionAge != null ? retentionAge : base.retentionAge(),
                    wantsLive,
                    quorumCount != null ? quorumCount : base.quorumCount(),
                    new TimestampBounds(
                            timestampBeforeMax != null
                                    ? timestampBeforeMax
                                    : base.timestamps().beforeMax(),
                            timestampAfterMax != null
                                    ? timestampAfterMax
                                    : base.timestamps().afterMax()));
        } catch (IllegalArgumentException e) {
            throw outOfRange(e);
        }
    }

    /**
     * The engine checks the ranges; its messages begin with the setting's name. Callers know times
     * by names that end in Ms.
     */
    private static ServiceException outOfRange(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage()).replace(" (ms)", "Ms");
        int end = message.indexOf(' ');
        return ServiceException.invalid(end < 0 ? "settings" : message.substring(0, end), message);
    }

    private void check() {
        positive("segmentMaxRecords", segmentMaxRecords);
        positive("segmentMaxBytes", segmentMaxBytes);
        positive("segmentMaxAgeMs", segmentMaxAge == null ? null : segmentMaxAge.toMillis());
        if (retentionBytes != null && retentionBytes.isPresent()) {
            positive("retentionBytes", retentionBytes.getAsLong());
        }
        if (retentionAge != null && retentionAge.isPresent()) {
            positive("retentionAgeMs", retentionAge.get().toMillis());
        }
        if (quorumCount != null && quorumCount < 0) {
            throw ServiceException.invalid("quorumCount", "quorumCount must be 0 or more");
        }
    }

    private static void positive(String field, @Nullable Long value) {
        if (value != null && value < 1) {
            throw ServiceException.invalid(field, field + " must be 1 or more");
        }
    }
}

package io.lignum.server.service;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Settings of a topic to set; null leaves one as it is, or as the node's defaults have it when the
 * topic is created.
 *
 * @param retentionBytes empty keeps everything
 * @param retentionAge empty keeps everything
 * @param live acknowledged by the quorum once the node is in a cluster; such a topic always fsyncs
 * @param quorumCount copies needed, the leader's included; 0 is the cluster's minimum
 * @param timestampBeforeMax empty takes any timestamp in the past
 * @param timestampAfterMax empty takes any timestamp in the future
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

    /** The original protocol's two settings. */
    public static TopicPatch replication(boolean live, long quorumCount) {
        return new TopicPatch(null, null, null, null, null, null, live, quorumCount, null, null);
    }

    /** ServiceException names the field that cannot be taken. */
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

    /** The engine knows the ranges; its messages begin with the setting's name. */
    private static ServiceException outOfRange(IllegalArgumentException e) {
        String message = String.valueOf(e.getMessage());
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

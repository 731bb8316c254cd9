package io.lignum.access.state;

import io.lignum.access.Grant;
import io.lignum.access.state.SecurityChange.SnapshotPart;

import java.util.ArrayList;
import java.util.List;

/**
 * The whole state as records for the security log, so that the changes before it can be trimmed.
 * Equal states have equal parts. Immutable; any thread.
 *
 * @param parts in the order in which they are appended
 * @param sizeInBytes of all parts as JSON, about
 */
public record SecuritySnapshot(List<SnapshotPart> parts, long sizeInBytes) {

    private static final int PART_OVERHEAD_BYTES = 256;

    public SecuritySnapshot {
        parts = List.copyOf(parts);
    }

    /**
     * Takes milliseconds for a thousand users.
     *
     * @param maxPartBytes of a part as JSON, about; a part holds at least one user, token or grant
     */
    public static SecuritySnapshot of(SecurityState state, int maxPartBytes) {
        Cutter cutter = new Cutter(maxPartBytes);
        for (User user : state.sortedUsers()) {
            cutter.begin(SnapshotJson.sizeInBytes(user)).users.add(user);
        }
        for (ApiToken token : state.sortedTokens()) {
            cutter.begin(SnapshotJson.sizeInBytes(token)).tokens.add(token);
        }
        for (Grant grant : state.grants()) {
            cutter.begin(SnapshotJson.sizeInBytes(grant)).grants.add(grant);
        }
        int count = cutter.drafts.size();
        List<SnapshotPart> parts = new ArrayList<>(count);
        for (Draft draft : cutter.drafts) {
            parts.add(new SnapshotPart(
                    state.version(), parts.size(), count, draft.users, draft.tokens, draft.grants));
        }
        return new SecuritySnapshot(parts, cutter.bytes + (long) count * PART_OVERHEAD_BYTES);
    }

    private static final class Draft {
        private final List<User> users = new ArrayList<>();
        private final List<ApiToken> tokens = new ArrayList<>();
        private final List<Grant> grants = new ArrayList<>();
        private long bytes;
    }

    private static final class Cutter {
        private final int maxPartBytes;
        private final List<Draft> drafts = new ArrayList<>();
        private Draft last = new Draft();
        private long bytes;

        Cutter(int maxPartBytes) {
            this.maxPartBytes = maxPartBytes;
            drafts.add(last);
        }

        /** The part for the next entry. */
        Draft begin(int entryBytes) {
            if (last.bytes > 0 && last.bytes + entryBytes > maxPartBytes) {
                last = new Draft();
                drafts.add(last);
            }
            last.bytes += entryBytes + 1; // The comma.
            bytes += entryBytes + 1;
            return last;
        }
    }
}

package io.lignum.storage.sim;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Counts I/Os and decides which of them fail, and after which the power goes. */
final class DiskFaults {

    private static final class Planned {
        private final IoKind kind;
        private final IOException failure;
        private long left;

        Planned(IoKind kind, long nth, IOException failure) {
            this.kind = kind;
            this.failure = failure;
            left = nth;
        }
    }

    private final List<Planned> planned = new ArrayList<>();
    private long count;
    private long cutAt = Long.MAX_VALUE;

    long count() {
        return count;
    }

    /** The power goes at the k-th I/O from now, the first being 1. */
    void cutAt(long k) {
        cutAt = count + k;
    }

    void fail(IoKind kind, long nth, IOException failure) {
        planned.add(new Planned(kind, nth, failure));
    }

    void clear() {
        planned.clear();
        cutAt = Long.MAX_VALUE;
    }

    /** Takes note of an I/O; answers what it fails with, if it does. */
    @Nullable
    IOException next(IoKind kind) {
        count++;
        IOException failure = null;
        for (Iterator<Planned> all = planned.iterator(); all.hasNext(); ) {
            Planned one = all.next();
            if (one.kind == kind && --one.left == 0) {
                failure = one.failure;
                all.remove();
            }
        }
        return failure;
    }

    boolean isCut() {
        return count >= cutAt;
    }
}

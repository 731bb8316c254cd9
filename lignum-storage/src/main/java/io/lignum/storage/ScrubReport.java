package io.lignum.storage;

import java.util.List;

/**
 * Reports a scrub of one topic.
 *
 * @param segments sealed segments whose every byte was read and checked
 * @param bytes size of these segments
 * @param problems one sentence for each segment that is not as it was sealed
 */
public record ScrubReport(int segments, long bytes, List<String> problems) {

    public boolean clean() {
        return problems.isEmpty();
    }
}

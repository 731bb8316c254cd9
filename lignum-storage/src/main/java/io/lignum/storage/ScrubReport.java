package io.lignum.storage;

import java.util.List;

/**
 * What a scrub of one topic found.
 *
 * @param segments sealed segments whose every byte was read and checked
 * @param bytes how many bytes that were
 * @param problems one sentence for each segment that is not as it was sealed
 */
public record ScrubReport(int segments, long bytes, List<String> problems) {

    public boolean clean() {
        return problems.isEmpty();
    }
}

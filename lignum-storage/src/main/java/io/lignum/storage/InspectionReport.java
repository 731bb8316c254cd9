package io.lignum.storage;

import java.util.List;
import java.util.Optional;

/**
 * The result of an inspection of one topic's files.
 *
 * @param segments segment files that were read
 * @param batches whole batches in them
 * @param records records in these batches
 * @param bytes size of these batches
 * @param startOffset first offset of the files, or where they should begin
 * @param endOffset where the last whole batch ends, exclusive
 * @param findings in the order in which they were found
 */
public record InspectionReport(
        int segments,
        long batches,
        long records,
        long bytes,
        long startOffset,
        long endOffset,
        List<Finding> findings) {

    public InspectionReport {
        findings = List.copyOf(findings);
    }

    /** The worst of the findings; empty without findings. */
    public Optional<Finding.Kind> worst() {
        return findings.stream().map(Finding::kind).max(Enum::compareTo);
    }
}

package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.lignum.server.ErrorTable;
import io.lignum.server.service.ErrorCode;
import io.lignum.storage.Outcome;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gRPC statuses in the documentation are those of the code. */
final class WireErrorsTest {

    @Test
    void statusOfEachCode_isTheDocumentedOne() {
        ErrorTable.assertColumn(
                ErrorTable.Row::grpc,
                code -> WireErrors.status(code, Outcome.NOT_APPLIED).name());
    }

    /** gRPC clients repeat UNAVAILABLE by themselves. */
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void unknownOutcome_isNeverUnavailable(ErrorCode code) {
        assertThat(WireErrors.status(code, Outcome.UNKNOWN)).isNotEqualTo(Status.Code.UNAVAILABLE);
    }

    /** A permanent error has no status that clients repeat. */
    @Test
    void unavailable_isAlwaysRetriable() {
        ErrorTable.read().forEach((code, row) -> {
            if (row.grpc().equals("UNAVAILABLE") || row.http() == 503) {
                assertThat(row.retriable()).as(code.name()).isTrue();
            }
        });
    }
}

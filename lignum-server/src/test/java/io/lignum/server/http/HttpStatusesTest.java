package io.lignum.server.http;

import io.lignum.server.ErrorTable;

import org.junit.jupiter.api.Test;

/** The HTTP statuses in the documentation are those of the code. */
final class HttpStatusesTest {

    @Test
    void statusOfEachCode_isTheDocumentedOne() {
        ErrorTable.assertColumn(ErrorTable.Row::http, HttpStatuses::of);
    }
}

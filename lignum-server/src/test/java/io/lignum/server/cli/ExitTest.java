package io.lignum.server.cli;

import io.lignum.server.ErrorTable;

import org.junit.jupiter.api.Test;

/** The exit codes of errors in the documentation are those of the code. */
final class ExitTest {

    @Test
    void exitOfEachCode_isTheDocumentedOne() {
        ErrorTable.assertColumn(ErrorTable.Row::exit, code -> Exit.of(code.name()));
    }
}

package io.lignum.bench;

import java.util.Map;

/** The output of a run. */
interface Report {

    /** Adds a case with its figures by the labels of its contenders. */
    void add(Case bench, Map<String, RoundFigures> figures);

    /** Returns the report of all cases so far. */
    String text();
}

package io.lignum.bench;

import java.util.Map;

/** What is made of the figures. */
interface Report {

    /** Adds a case with its figures by the labels of its contenders. */
    void add(Case bench, Map<String, Figures> figures);

    /** Of all cases so far. */
    String text();
}

/** The log engine: open a directory, get a topic's log, append, read. */
module io.lignum.storage {
    requires transitive io.lignum.record;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.lignum.storage;
    exports io.lignum.storage.env;
}

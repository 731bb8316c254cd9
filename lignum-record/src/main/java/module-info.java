/** The record batch, version 2: layout, builder, reader, validator and the interface of codecs. */
@SuppressWarnings("requires-automatic")
module io.lignum.record {
    requires static transitive org.jspecify;
    requires static com.github.luben.zstd_jni;
    requires static org.lz4.java;

    exports io.lignum.record;
}

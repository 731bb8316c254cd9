/** The client of a Lignum node: producers, consumers and the administration of topics. */
@SuppressWarnings("requires-automatic")
module io.lignum.client {
    requires transitive io.lignum.record;
    requires static transitive org.jspecify;
    requires io.lignum.api;
    requires io.grpc.netty.shaded;
    requires io.grpc.protobuf;
    requires org.slf4j;
    requires jdk.unsupported; // the transport's direct buffers

    exports io.lignum.client;
}

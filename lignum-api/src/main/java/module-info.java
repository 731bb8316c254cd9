/** The messages and services of a node's gRPC ports, generated from their descriptions. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.lignum.api {
    requires transitive com.google.common;
    requires transitive com.google.protobuf;
    requires transitive io.grpc;
    requires transitive io.grpc.stub;
    requires io.grpc.protobuf;

    exports io.lignum.api;
}

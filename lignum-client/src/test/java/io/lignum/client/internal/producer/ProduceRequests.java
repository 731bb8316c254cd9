package io.lignum.client.internal.producer;

import com.google.protobuf.ByteString;

import io.lignum.api.AppendRequest;
import io.lignum.api.ProduceRequest;

/** Batches as requests on the wire. */
final class ProduceRequests {

    private ProduceRequests() {}

    /** The request for a batch; it keeps its bytes when the batch is stamped again. */
    static ProduceRequest of(Batch batch) {
        return ProduceRequest.newBuilder()
                .setCorrelationId(batch.number())
                .setAppend(AppendRequest.newBuilder()
                        .setBatch(io.lignum.api.Batch.newBuilder()
                                .setRaw(ByteString.copyFrom(batch.wireBytes().duplicate()))))
                .build();
    }
}

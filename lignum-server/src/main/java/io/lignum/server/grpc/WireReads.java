package io.lignum.server.grpc;

import io.lignum.api.FetchRequest;
import io.lignum.api.Query;
import io.lignum.api.SubscribeRequest;
import io.lignum.server.service.ReadDemand;
import io.lignum.server.service.ServiceException;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** Converts the conditions of a read from protobuf. Stateless; any thread. */
final class WireReads {

    private WireReads() {}

    static ReadDemand demand(Query query) {
        return demand(
                query.getLevel(),
                query.hasMinHw() ? OptionalLong.of(query.getMinHw()) : OptionalLong.empty(),
                query.hasLastEpoch() ? OptionalInt.of(query.getLastEpoch()) : OptionalInt.empty());
    }

    static ReadDemand demand(FetchRequest request) {
        return demand(
                request.getLevel(),
                request.hasMinHw() ? OptionalLong.of(request.getMinHw()) : OptionalLong.empty(),
                request.hasLastEpoch()
                        ? OptionalInt.of(request.getLastEpoch())
                        : OptionalInt.empty());
    }

    /** The last epoch matters only if the subscription continues at an offset. */
    static ReadDemand demand(SubscribeRequest request) {
        boolean goesOn = request.getStartCase() == SubscribeRequest.StartCase.OFFSET;
        return demand(
                request.getLevel(),
                request.hasMinHw() ? OptionalLong.of(request.getMinHw()) : OptionalLong.empty(),
                goesOn && request.hasLastEpoch()
                        ? OptionalInt.of(request.getLastEpoch())
                        : OptionalInt.empty());
    }

    private static ReadDemand demand(
            io.lignum.api.ReadLevel level, OptionalLong minHw, OptionalInt lastEpoch) {
        return switch (level) {
            case COMMITTED ->
                minHw.isEmpty() && lastEpoch.isEmpty()
                        ? ReadDemand.NONE
                        : new ReadDemand(ReadDemand.Level.COMMITTED, minHw, lastEpoch);
            case LINEARIZABLE -> new ReadDemand(ReadDemand.Level.LINEARIZABLE, minHw, lastEpoch);
            case UNRECOGNIZED ->
                throw ServiceException.invalid("level", "level must be COMMITTED or LINEARIZABLE");
        };
    }
}

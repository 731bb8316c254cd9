package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.server.service.LimitHit;
import io.lignum.server.service.ServiceException;
import io.lignum.storage.EpochEnd;

import java.io.IOException;
import java.util.Optional;

/**
 * Encodes the JSON body of an error: {error, code, field, limit, leader, divergence, outcome}.
 * Stateless; any thread.
 */
final class ErrorBody {

    private ErrorBody() {}

    static byte[] of(ServiceException e) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("error", e.getMessage());
            out.writeStringField("code", e.code().name());
            Optional<String> field = e.field();
            if (field.isPresent()) {
                out.writeStringField("field", field.get());
            }
            Optional<LimitHit> limit = e.limit();
            if (limit.isPresent()) {
                writeLimit(out, limit.get());
            }
            Optional<Leader> leader = e.leader();
            if (leader.isPresent()) {
                writeLeader(out, leader.get());
            }
            Optional<EpochEnd> divergence = e.divergence();
            if (divergence.isPresent()) {
                out.writeObjectFieldStart("divergence");
                out.writeNumberField("epoch", divergence.get().epoch());
                out.writeNumberField("offset", divergence.get().endOffset());
                out.writeEndObject();
            }
            out.writeStringField("outcome", e.outcome().name());
            out.writeEndObject();
        });
    }

    private static void writeLeader(JsonGenerator out, Leader leader) throws IOException {
        out.writeObjectFieldStart("leader");
        out.writeStringField("node_id", leader.nodeId());
        out.writeStringField("host", leader.address().host());
        out.writeNumberField("http_port", leader.address().httpPort());
        out.writeNumberField("grpc_port", leader.address().grpcPort());
        out.writeEndObject();
    }

    private static void writeLimit(JsonGenerator out, LimitHit limit) throws IOException {
        out.writeObjectFieldStart("limit");
        out.writeStringField("name", limit.name());
        out.writeNumberField("value", limit.value());
        out.writeEndObject();
    }

    /** An error that has only an HTTP status. After an internal failure the outcome is UNKNOWN. */
    static byte[] of(int status, String message) {
        String code = switch (status) {
            case 404 -> "NOT_FOUND";
            case 405 -> "METHOD_NOT_ALLOWED";
            case 500 -> "INTERNAL";
            default -> "HTTP_" + status;
        };
        return of(code, message, status == 500 ? "UNKNOWN" : "NOT_APPLIED");
    }

    /** An error of HTTP itself, such as an unknown path or a wrong method. */
    static byte[] of(String code, String message) {
        return of(code, message, "NOT_APPLIED");
    }

    private static byte[] of(String code, String message, String outcome) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("error", message);
            out.writeStringField("code", code);
            out.writeStringField("outcome", outcome);
            out.writeEndObject();
        });
    }
}

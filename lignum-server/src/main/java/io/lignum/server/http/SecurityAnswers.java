package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.access.Grant;
import io.lignum.access.state.ApiToken;
import io.lignum.access.state.User;
import io.lignum.server.service.MissingGrant;
import io.lignum.server.service.SecurityService;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes users, tokens and grants as JSON, without their secrets. Stateless; any thread. */
final class SecurityAnswers {

    /** Writes one element of a list. */
    interface Element<T> {
        void write(JsonGenerator out, T value) throws IOException;
    }

    private SecurityAnswers() {}

    /** A part of a list, with the place at which the next part begins, if there is one. */
    static <T> byte[] page(String name, List<T> all, ListPart part, Element<? super T> element) {
        List<T> shown = part.of(all);
        return Json.bytes(out -> {
            out.writeStartObject();
            array(out, name, shown, element);
            out.writeNumberField("total", all.size());
            if (part.next(all.size()).isPresent()) {
                out.writeNumberField("next", part.next(all.size()).getAsInt());
            }
            out.writeEndObject();
        });
    }

    private static <T> void array(
            JsonGenerator out, String name, List<T> values, Element<? super T> element)
            throws IOException {
        out.writeArrayFieldStart(name);
        for (T value : values) {
            element.write(out, value);
        }
        out.writeEndArray();
    }

    static void user(JsonGenerator out, User user) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", user.name());
        out.writeBooleanField("has_password", !user.credentials().isEmpty());
        out.writeNumberField("changed_ms", user.changedMillis());
        out.writeEndObject();
    }

    static void token(JsonGenerator out, ApiToken token) throws IOException {
        token(out, token, Optional.empty());
    }

    /** @param text the token itself, which only the answer to its creation has */
    static void token(JsonGenerator out, ApiToken token, Optional<String> text) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", token.id());
        out.writeStringField("owner", token.owner());
        out.writeStringField("description", token.description());
        out.writeNumberField("created_ms", token.createdMillis());
        if (token.expiresMillis().isPresent()) {
            out.writeNumberField("expires_ms", token.expiresMillis().get());
        }
        if (text.isPresent()) {
            out.writeStringField("text", text.get());
        }
        out.writeEndObject();
    }

    static void grant(JsonGenerator out, Grant grant) throws IOException {
        out.writeStartObject();
        out.writeStringField("principal", grant.principal().toString());
        out.writeStringField("effect", grant.effect().text());
        out.writeStringField("what", grant.what());
        if (grant.resource().isPresent()) {
            out.writeStringField("resource", grant.resource().get().toString());
        }
        out.writeEndObject();
    }

    static void missing(JsonGenerator out, MissingGrant missing) throws IOException {
        out.writeStartObject();
        out.writeStringField("principal", missing.principal().toString());
        out.writeStringField("action", missing.action().text());
        out.writeStringField("resource", missing.resource().toString());
        out.writeNumberField("calls", missing.calls());
        out.writeNumberField("last_ms", missing.last().toEpochMilli());
        out.writeStringField("address", missing.address());
        out.writeEndObject();
    }

    static byte[] whoAmI(SecurityService.WhoAmI known) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("principal", known.identity().principal().toString());
            out.writeStringField(
                    "method", known.identity().method().name().toLowerCase(Locale.ROOT));
            out.writeStringField("mode", known.mode());
            out.writeBooleanField("administrator", known.isAdministrator());
            array(out, "grants", known.grants(), SecurityAnswers::grant);
            out.writeEndObject();
        });
    }

    static byte[] decision(SecurityService.Decision decision) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeBooleanField("allowed", decision.isAllowed());
            array(out, "grants", decision.grants(), SecurityAnswers::grant);
            out.writeEndObject();
        });
    }

    /** The answer to a deletion: {@code {"status":"user deleted","name":"shop"}}. */
    static byte[] deleted(String kind, String field, String name) {
        return Json.bytes(out -> {
            out.writeStartObject();
            out.writeStringField("status", kind + " deleted");
            out.writeStringField(field, name);
            out.writeEndObject();
        });
    }
}

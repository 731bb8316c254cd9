package io.lignum.access.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.access.Grant;
import io.lignum.access.Principal;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Writes users, tokens and grants into the JSON objects of {@link SecurityJson}, and reads them.
 * What is missing or wrong is an IllegalArgumentException. Any thread.
 */
final class EntryJson {

    private EntryJson() {}

    static void user(ObjectNode json, String name, List<ScramCredential> credentials) {
        ArrayNode array = json.put("user", name).putArray("credentials");
        for (ScramCredential credential : credentials) {
            array.addObject()
                    .put("mechanism", credential.mechanism().saslName())
                    .put("salt", credential.salt())
                    .put("iterations", credential.iterations())
                    .put("stored_key", credential.storedKey())
                    .put("server_key", credential.serverKey());
        }
    }

    static void token(ObjectNode json, ApiToken token) {
        json.put("token", token.id())
                .put("hash", token.hash())
                .put("owner", token.owner())
                .put("description", token.description())
                .put("created", token.createdMillis());
        token.expiresMillis().ifPresent(end -> json.put("expires", end));
    }

    static void grant(ObjectNode json, Grant grant) {
        json.put("principal", grant.principal().toString())
                .put("effect", grant.effect().text())
                .put("what", grant.what());
        grant.resource().ifPresent(on -> json.put("resource", on.toString()));
    }

    static List<ScramCredential> credentials(JsonNode json) throws IOException {
        List<ScramCredential> credentials = new ArrayList<>();
        for (JsonNode one : json.path("credentials")) {
            Optional<ScramMechanism> mechanism = ScramMechanism.of(text(one, "mechanism"));
            if (mechanism.isPresent()) { // One of a later release is for its clients only.
                credentials.add(new ScramCredential(
                        mechanism.get(),
                        one.path("salt").binaryValue(),
                        one.path("iterations").asInt(),
                        one.path("stored_key").binaryValue(),
                        one.path("server_key").binaryValue()));
            }
        }
        return credentials;
    }

    static ApiToken token(JsonNode json) throws IOException {
        JsonNode expires = json.path("expires");
        return new ApiToken(
                text(json, "token"),
                json.path("hash").binaryValue(),
                text(json, "owner"),
                json.path("description").asText(),
                expires.isNumber() ? Optional.of(expires.asLong()) : Optional.empty(),
                json.path("created").asLong());
    }

    static Grant grant(JsonNode json) {
        Grant.Effect effect = Arrays.stream(Grant.Effect.values())
                .filter(candidate -> candidate.text().equals(json.path("effect").asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a grant without an effect"));
        JsonNode resource = json.path("resource");
        return Grant.parse(
                Principal.parse(text(json, "principal")),
                effect,
                text(json, "what"),
                resource.isTextual() ? Optional.of(resource.asText()) : Optional.empty());
    }

    static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(
                    "a record of the security log has no text in its field " + field);
        }
        return value.asText();
    }
}

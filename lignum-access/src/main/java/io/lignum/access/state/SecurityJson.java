package io.lignum.access.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.access.Grant;
import io.lignum.access.Principal;
import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.ScramMechanism;
import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.Bootstrap;
import io.lignum.access.state.SecurityChange.ChangePassword;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;
import io.lignum.access.state.SecurityChange.DeleteToken;
import io.lignum.access.state.SecurityChange.DeleteUser;
import io.lignum.access.state.SecurityChange.RemoveGrant;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Encodes and decodes the records of the security log as JSON. Unknown fields of a later release
 * are ignored; an unknown operation is an error, because a node that skipped it would decide
 * differently from the others. Any thread.
 */
public final class SecurityJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private SecurityJson() {}

    /** The record as stored in the log. */
    public static String encode(SecurityRecord record) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("id", record.id())
                .put("by", record.by())
                .put("at", record.atMillis());
        SecurityChange change = record.change();
        if (change instanceof CreateUser create) {
            user(json.put("op", "create-user"), create.name(), create.credentials());
        } else if (change instanceof ChangePassword changed) {
            user(json.put("op", "change-password"), changed.name(), changed.credentials());
        } else if (change instanceof Bootstrap bootstrap) {
            user(json.put("op", "bootstrap"), bootstrap.name(), bootstrap.credentials());
        } else if (change instanceof DeleteUser delete) {
            json.put("op", "delete-user").put("user", delete.name());
        } else if (change instanceof CreateToken create) {
            token(json.put("op", "create-token"), create.token());
        } else if (change instanceof DeleteToken delete) {
            json.put("op", "delete-token").put("token", delete.id());
        } else if (change instanceof AddGrant add) {
            grant(json.put("op", "grant"), add.grant());
        } else if (change instanceof RemoveGrant remove) {
            grant(json.put("op", "revoke"), remove.grant());
        }
        return json.toString();
    }

    private static void user(ObjectNode json, String name, List<ScramCredential> credentials) {
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

    private static void token(ObjectNode json, ApiToken token) {
        json.put("token", token.id())
                .put("hash", token.hash())
                .put("owner", token.owner())
                .put("description", token.description())
                .put("created", token.createdMillis());
        token.expiresMillis().ifPresent(end -> json.put("expires", end));
    }

    private static void grant(ObjectNode json, Grant grant) {
        json.put("principal", grant.principal().toString())
                .put("effect", grant.effect().text())
                .put("what", grant.what());
        grant.resource().ifPresent(on -> json.put("resource", on.toString()));
    }

    /**
     * Decodes a record of the log.
     *
     * @throws IllegalArgumentException it is not such a record, or one of a later release
     */
    public static SecurityRecord decode(String text) {
        JsonNode json;
        try {
            json = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a record of the security log", e);
        }
        try {
            return new SecurityRecord(
                    text(json, "id"), text(json, "by"), json.path("at").asLong(), change(json));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a record of the security log", e);
        }
    }

    private static SecurityChange change(JsonNode json) throws IOException {
        String operation = text(json, "op");
        return switch (operation) {
            case "create-user" -> new CreateUser(text(json, "user"), credentials(json));
            case "change-password" -> new ChangePassword(text(json, "user"), credentials(json));
            case "bootstrap" -> new Bootstrap(text(json, "user"), credentials(json));
            case "delete-user" -> new DeleteUser(text(json, "user"));
            case "create-token" -> new CreateToken(token(json));
            case "delete-token" -> new DeleteToken(text(json, "token"));
            case "grant" -> new AddGrant(grant(json));
            case "revoke" -> new RemoveGrant(grant(json));
            default ->
                throw new IllegalArgumentException("the operation '" + operation
                        + "' in the security log is not known to this release");
        };
    }

    private static List<ScramCredential> credentials(JsonNode json) throws IOException {
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

    private static ApiToken token(JsonNode json) throws IOException {
        JsonNode expires = json.path("expires");
        return new ApiToken(
                text(json, "token"),
                json.path("hash").binaryValue(),
                text(json, "owner"),
                json.path("description").asText(),
                expires.isNumber() ? Optional.of(expires.asLong()) : Optional.empty(),
                json.path("created").asLong());
    }

    private static Grant grant(JsonNode json) {
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

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (!value.isTextual()) {
            throw new IllegalArgumentException(
                    "a record of the security log has no text in its field " + field);
        }
        return value.asText();
    }
}

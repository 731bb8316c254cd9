package io.lignum.access.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.access.state.SecurityChange.AddGrant;
import io.lignum.access.state.SecurityChange.Bootstrap;
import io.lignum.access.state.SecurityChange.ChangePassword;
import io.lignum.access.state.SecurityChange.CreateToken;
import io.lignum.access.state.SecurityChange.CreateUser;
import io.lignum.access.state.SecurityChange.DeleteToken;
import io.lignum.access.state.SecurityChange.DeleteUser;
import io.lignum.access.state.SecurityChange.RemoveGrant;
import io.lignum.access.state.SecurityChange.SnapshotPart;

import java.io.IOException;
import java.util.List;

/**
 * Encodes and decodes the records of the security log as JSON. Unknown fields of a later release
 * are ignored; an unknown operation is an error, because a node that skipped it would decide
 * differently from the others. Any thread.
 */
public final class SecurityJson {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private static final String MASK = "***";
    private static final List<String> SECRETS = List.of("salt", "stored_key", "server_key");

    private SecurityJson() {}

    /** The record as stored in the log. */
    public static String encode(SecurityRecord record) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("id", record.id())
                .put("by", record.by())
                .put("at", record.atMillis());
        SecurityChange change = record.change();
        if (change instanceof CreateUser create) {
            EntryJson.user(json.put("op", "create-user"), create.name(), create.credentials());
        } else if (change instanceof ChangePassword changed) {
            EntryJson.user(
                    json.put("op", "change-password"), changed.name(), changed.credentials());
        } else if (change instanceof Bootstrap bootstrap) {
            EntryJson.user(json.put("op", "bootstrap"), bootstrap.name(), bootstrap.credentials());
        } else if (change instanceof DeleteUser delete) {
            json.put("op", "delete-user").put("user", delete.name());
        } else if (change instanceof CreateToken create) {
            EntryJson.token(json.put("op", "create-token"), create.token());
        } else if (change instanceof DeleteToken delete) {
            json.put("op", "delete-token").put("token", delete.id());
        } else if (change instanceof AddGrant add) {
            EntryJson.grant(json.put("op", "grant"), add.grant());
        } else if (change instanceof RemoveGrant remove) {
            EntryJson.grant(json.put("op", "revoke"), remove.grant());
        } else if (change instanceof SnapshotPart part) {
            SnapshotJson.part(json.put("op", "snapshot"), part);
        }
        return json.toString();
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
                    EntryJson.text(json, "id"),
                    EntryJson.text(json, "by"),
                    json.path("at").asLong(),
                    change(json));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a record of the security log", e);
        }
    }

    private static SecurityChange change(JsonNode json) throws IOException {
        String operation = EntryJson.text(json, "op");
        return switch (operation) {
            case "create-user" ->
                new CreateUser(EntryJson.text(json, "user"), EntryJson.credentials(json));
            case "change-password" ->
                new ChangePassword(EntryJson.text(json, "user"), EntryJson.credentials(json));
            case "bootstrap" ->
                new Bootstrap(EntryJson.text(json, "user"), EntryJson.credentials(json));
            case "delete-user" -> new DeleteUser(EntryJson.text(json, "user"));
            case "create-token" -> new CreateToken(EntryJson.token(json));
            case "delete-token" -> new DeleteToken(EntryJson.text(json, "token"));
            case "grant" -> new AddGrant(EntryJson.grant(json));
            case "revoke" -> new RemoveGrant(EntryJson.grant(json));
            case "snapshot" -> SnapshotJson.part(json);
            default ->
                throw new IllegalArgumentException("the operation '" + operation
                        + "' in the security log is not known to this release");
        };
    }

    /**
     * The text of a record with {@code ***} in place of salts, keys and hashes, for people who look
     * at the log. Other text becomes {@code ***} as a whole.
     */
    public static String withoutSecrets(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (!json.isObject()) {
                return MASK;
            }
            for (JsonNode parent : json.findParents("hash")) {
                ((ObjectNode) parent).put("hash", MASK);
            }
            for (JsonNode credentials : json.findParents("credentials")) {
                for (JsonNode credential : credentials.path("credentials")) {
                    if (credential instanceof ObjectNode object) {
                        SECRETS.forEach(secret -> object.put(secret, MASK));
                    }
                }
            }
            return json.toString();
        } catch (JsonProcessingException e) {
            return MASK;
        }
    }
}

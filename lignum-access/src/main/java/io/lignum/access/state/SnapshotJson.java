package io.lignum.access.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.access.Grant;
import io.lignum.access.state.SecurityChange.SnapshotPart;
import io.lignum.record.Utf8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes parts of snapshots into the JSON objects of {@link SecurityJson}, and reads them. */
final class SnapshotJson {

    private SnapshotJson() {}

    static void part(ObjectNode json, SnapshotPart part) {
        json.put("from", part.from()).put("part", part.part()).put("parts", part.parts());
        var users = json.putArray("users");
        part.users().forEach(user -> user(users.addObject(), user));
        var tokens = json.putArray("tokens");
        part.tokens().forEach(token -> EntryJson.token(tokens.addObject(), token));
        var grants = json.putArray("grants");
        part.grants().forEach(grant -> EntryJson.grant(grants.addObject(), grant));
    }

    private static void user(ObjectNode json, User user) {
        EntryJson.user(json, user.name(), user.credentials());
        json.put("version", user.version()).put("changed", user.changedMillis());
    }

    static SnapshotPart part(JsonNode json) throws IOException {
        List<User> users = new ArrayList<>();
        for (JsonNode user : json.path("users")) {
            users.add(new User(
                    EntryJson.text(user, "user"),
                    EntryJson.credentials(user),
                    user.path("version").asLong(),
                    user.path("changed").asLong()));
        }
        List<ApiToken> tokens = new ArrayList<>();
        for (JsonNode token : json.path("tokens")) {
            tokens.add(EntryJson.token(token));
        }
        List<Grant> grants = new ArrayList<>();
        for (JsonNode grant : json.path("grants")) {
            grants.add(EntryJson.grant(grant));
        }
        return new SnapshotPart(
                json.path("from").asLong(),
                json.path("part").asInt(),
                json.path("parts").asInt(),
                users,
                tokens,
                grants);
    }

    static int sizeInBytes(User user) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        user(json, user);
        return sizeInBytes(json);
    }

    static int sizeInBytes(ApiToken token) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        EntryJson.token(json, token);
        return sizeInBytes(json);
    }

    static int sizeInBytes(Grant grant) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        EntryJson.grant(json, grant);
        return sizeInBytes(json);
    }

    private static int sizeInBytes(ObjectNode json) {
        return Utf8.encode(json.toString()).length;
    }
}

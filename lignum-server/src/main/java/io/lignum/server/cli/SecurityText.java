package io.lignum.server.cli;

import io.lignum.record.Utf8;
import io.lignum.server.grpc.SecurityAdmin.CallerEntry;
import io.lignum.server.grpc.SecurityAdmin.Decision;
import io.lignum.server.grpc.SecurityAdmin.GrantEntry;
import io.lignum.server.grpc.SecurityAdmin.MissingEntry;
import io.lignum.server.grpc.SecurityAdmin.TokenEntry;
import io.lignum.server.grpc.SecurityAdmin.UserEntry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Users, tokens and grants as text, and as JSON with the names of the HTTP API. */
final class SecurityText {

    static final String JSON = "print one JSON object per line";

    private SecurityText() {}

    static void users(Output out, List<UserEntry> users) {
        TextTable table = new TextTable("USER", "PASSWORD", "CHANGED");
        users.forEach(user -> table.row(
                user.name(), user.hasPassword() ? "yes" : "no", user.changed().toString()));
        table.print(out);
    }

    static void json(JsonLines json, UserEntry user) {
        json.begin()
                .field("name", user.name())
                .field("has_password", user.hasPassword())
                .field("changed_ms", user.changed().toEpochMilli())
                .endLine();
    }

    static void tokens(Output out, List<TokenEntry> tokens) throws IOException {
        TextTable table = new TextTable("ID", "OWNER", "CREATED", "EXPIRES", "DESCRIPTION");
        for (TokenEntry token : tokens) {
            table.row(
                    token.id(),
                    token.owner(),
                    token.created().toString(),
                    token.expires().map(Object::toString).orElse("never"),
                    escaped(token.description()));
        }
        table.print(out);
    }

    /** Users choose it, so it may hold characters that move the cursor of a terminal. */
    private static String escaped(String description) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Output escaped = new Output(bytes);
        Format.escaped(escaped, Utf8.encode(description));
        escaped.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    static void json(JsonLines json, TokenEntry token) {
        fields(json.begin(), token).endLine();
    }

    /** @param text the token itself, which nodes do not list */
    static void json(JsonLines json, TokenEntry token, String text) {
        fields(json.begin(), token).field("text", text).endLine();
    }

    private static JsonLines fields(JsonLines json, TokenEntry token) {
        json.field("id", token.id())
                .field("owner", token.owner())
                .field("description", token.description())
                .field("created_ms", token.created().toEpochMilli());
        token.expires().ifPresent(end -> json.field("expires_ms", end.toEpochMilli()));
        return json;
    }

    static void grants(Output out, List<GrantEntry> grants) {
        TextTable table = new TextTable("PRINCIPAL", "EFFECT", "WHAT", "RESOURCE");
        grants.forEach(grant -> table.row(
                grant.principal(), effect(grant), grant.what(), grant.resource().orElse("-")));
        table.print(out);
    }

    private static String effect(GrantEntry grant) {
        return grant.deny() ? "deny" : "allow";
    }

    /** One line: {@code user:shop allow write on topic:orders}. */
    static String line(GrantEntry grant) {
        return grant.principal() + " " + effect(grant) + " " + grant.what()
                + grant.resource().map(resource -> " on " + resource).orElse("");
    }

    static void json(JsonLines json, GrantEntry grant) {
        fields(json.begin(), grant).endLine();
    }

    private static JsonLines fields(JsonLines json, GrantEntry grant) {
        json.field("principal", grant.principal())
                .field("effect", effect(grant))
                .field("what", grant.what());
        grant.resource().ifPresent(resource -> json.field("resource", resource));
        return json;
    }

    private static void array(JsonLines json, List<GrantEntry> grants) {
        json.beginArray("grants");
        grants.forEach(grant -> fields(json.begin(), grant).end());
        json.endArray();
    }

    static void json(JsonLines json, MissingEntry missing) {
        json.begin()
                .field("principal", missing.principal())
                .field("action", missing.action())
                .field("resource", missing.resource())
                .field("calls", missing.calls())
                .field("last_ms", missing.last().toEpochMilli())
                .field("address", missing.address())
                .endLine();
    }

    static void caller(Output out, CallerEntry caller) {
        out.text("principal      " + caller.principal() + "\n")
                .text("login          " + caller.method() + "\n")
                .text("mode           " + caller.mode() + "\n")
                .text("administrator  " + (caller.administrator() ? "yes" : "no") + "\n");
        caller.grants().forEach(grant -> out.text("grant          " + line(grant) + "\n"));
    }

    static void json(JsonLines json, CallerEntry caller) {
        json.begin()
                .field("principal", caller.principal())
                .field("method", caller.method())
                .field("mode", caller.mode())
                .field("administrator", caller.administrator());
        array(json, caller.grants());
        json.endLine();
    }

    static void decision(Output out, Decision decision) {
        out.text(decision.allowed() ? "allowed\n" : "not allowed\n");
        decision.grants().forEach(grant -> out.text("by grant: " + line(grant) + "\n"));
    }

    static void json(JsonLines json, Decision decision) {
        json.begin().field("allowed", decision.allowed());
        array(json, decision.grants());
        json.endLine();
    }
}

package io.lignum.server.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.lignum.access.credential.TokenText;
import io.lignum.record.Utf8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The file with the hash of a recovery token, which {@code lignum security recover} writes while
 * the node runs. With the token an operator on the node's host may do everything until the token
 * ends or the file is deleted. Any thread; blocks.
 */
public final class RecoveryFile {

    /** In the data directory. */
    public static final String NAME = "security.recovery";

    private static final int MAX_BYTES = 4 * 1024;
    private static final SmallJsonFile FILE = new SmallJsonFile(NAME, MAX_BYTES);
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private RecoveryFile() {}

    /** What the file contains. */
    private record Content(String id, byte[] hash, Instant until) {

        boolean isProvedBy(TokenText token) {
            return token.id().equals(id) && token.hasHash(hash);
        }
    }

    /**
     * Writes the file, readable by its owner only. An earlier token ends.
     *
     * @param until the end of the token's validity
     */
    public static void write(Path dataDirectory, TokenText token, Instant until)
            throws IOException {
        String text = MAPPER.createObjectNode()
                .put("id", token.id())
                .put("hash", token.hash())
                .put("until_ms", until.toEpochMilli())
                .toString();
        OwnerOnlyFiles.replace(dataDirectory, NAME, ByteBuffer.wrap(Utf8.encode(text)));
    }

    /**
     * The end of the token's validity, which may be past. Empty if this is not the token, if there
     * is no file, or if it cannot be used, which is logged once.
     */
    public static Optional<Instant> read(Path dataDirectory, TokenText token) {
        return FILE.read(dataDirectory, RecoveryFile::parse)
                .filter(content -> content.isProvedBy(token))
                .map(Content::until);
    }

    /** The end of the validity of the token of the file, which may be past. */
    public static Optional<Instant> end(Path dataDirectory) {
        return FILE.read(dataDirectory, RecoveryFile::parse).map(Content::until);
    }

    private static Content parse(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            JsonNode id = json.path("id");
            JsonNode hash = json.path("hash");
            JsonNode until = json.path("until_ms");
            if (!id.isTextual() || !hash.isTextual() || !until.canConvertToLong()) {
                throw new IllegalArgumentException("not a recovery token");
            }
            return new Content(
                    id.asText(), hash.binaryValue(), Instant.ofEpochMilli(until.asLong()));
        } catch (IOException e) { // No JSON, or the hash is not base64.
            throw new IllegalArgumentException("not a recovery token", e);
        }
    }
}

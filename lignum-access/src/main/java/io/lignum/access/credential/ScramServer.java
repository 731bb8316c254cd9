package io.lignum.access.credential;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server's side of one SCRAM exchange (RFC 5802, RFC 7677), without channel binding. The
 * messages are bytes, and the protocol that carries them is the caller's. For an unknown user it
 * sends a salt that is always the same for this name and fails only at the end, so that a caller
 * cannot find out which users exist. One thread; used for one exchange.
 */
public final class ScramServer {

    /** The exchange failed. The message is for the log and for the caller. */
    public static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private Failed(String message) {
            super(message);
        }
    }

    /** Larger messages are refused before they are parsed. */
    static final int MAX_MESSAGE_BYTES = 4_096;

    private static final int NONCE_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** GS2 header without channel binding, then name and nonce; extensions may follow. */
    private static final Pattern FIRST = Pattern.compile("(?<header>[ny],(a=(?<as>[^,]*))?,)"
            + "(?<bare>n=(?<name>[^,]+),r=(?<nonce>[!-+\\--~]+)(,.*)?)");

    private static final Pattern FINAL =
            Pattern.compile("(?<bare>c=(?<binding>[A-Za-z0-9+/=]+),r=(?<nonce>[!-+\\--~]+)(,.*)?)"
                    + ",p=(?<proof>[A-Za-z0-9+/=]+)");

    private final ScramMechanism mechanism;
    private final Function<String, Optional<ScramCredential>> credentials;
    private final byte[] fakeSaltKey;
    private final String serverNonce;

    private @Nullable String user;
    private @Nullable ScramCredential credential;
    private boolean isKnown;
    private String header = "";
    private String nonce = "";
    private String firstMessages = "";
    private boolean isTried;
    private boolean isFinished;

    /**
     * @param credentials finds the credential of a user for this mechanism
     * @param fakeSaltKey a secret of the node, the same in all exchanges
     */
    public ScramServer(
            ScramMechanism mechanism,
            Function<String, Optional<ScramCredential>> credentials,
            byte[] fakeSaltKey) {
        this(mechanism, credentials, fakeSaltKey, newNonce());
    }

    ScramServer(
            ScramMechanism mechanism,
            Function<String, Optional<ScramCredential>> credentials,
            byte[] fakeSaltKey,
            String serverNonce) {
        this.mechanism = mechanism;
        this.credentials = credentials;
        this.fakeSaltKey = fakeSaltKey.clone();
        this.serverNonce = serverNonce;
    }

    private static String newNonce() {
        byte[] random = new byte[NONCE_BYTES];
        RANDOM.nextBytes(random);
        return Base64.getEncoder().withoutPadding().encodeToString(random);
    }

    /** Takes the client's first message; returns the server's first message. */
    public byte[] first(byte[] message) throws Failed {
        if (user != null) {
            throw new Failed("the exchange has started already");
        }
        Matcher first = match(FIRST, message);
        if (first.group("as") != null && !name(first.group("as")).equals(name(first, "name"))) {
            throw new Failed("a user cannot act as another one");
        }
        String named = name(first, "name");
        Optional<ScramCredential> found =
                credentials.apply(named).filter(known -> known.mechanism() == mechanism);
        user = named;
        isKnown = found.isPresent();
        ScramCredential used = found.orElseGet(() -> fake(named));
        credential = used;
        header = first.group("header");
        nonce = first.group("nonce") + serverNonce;
        String answer = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(used.salt())
                + ",i=" + used.iterations();
        firstMessages = first.group("bare") + "," + answer;
        return Utf8.encode(answer);
    }

    /** Takes the client's final message; returns the server's, and {@link #user} is proved. */
    public byte[] finish(byte[] message) throws Failed {
        ScramCredential used = credential;
        if (used == null || isTried) {
            throw new Failed("the final message comes after the first one, and once");
        }
        isTried = true;
        Matcher last = match(FINAL, message);
        byte[] binding = decoded(last.group("binding"));
        if (!MessageDigest.isEqual(binding, Utf8.encode(header))
                || !last.group("nonce").equals(nonce)) {
            throw new Failed("the final message does not belong to the first one");
        }
        byte[] authMessage = Utf8.encode(firstMessages + "," + last.group("bare"));
        boolean proves = proves(used, authMessage, decoded(last.group("proof")));
        if (!proves || !isKnown) {
            throw new Failed(Credentials.WRONG_PASSWORD);
        }
        isFinished = true;
        byte[] signature = mechanism.hmac(used.serverKey(), authMessage);
        return Utf8.encode("v=" + Base64.getEncoder().encodeToString(signature));
    }

    private boolean proves(ScramCredential used, byte[] authMessage, byte[] proof) {
        byte[] signature = mechanism.hmac(used.storedKey(), authMessage);
        byte[] clientKey = new byte[signature.length];
        for (int i = 0; i < clientKey.length; i++) {
            clientKey[i] = (byte) (signature[i] ^ (i < proof.length ? proof[i] : 0));
        }
        return proof.length == signature.length
                && MessageDigest.isEqual(mechanism.hash(clientKey), used.storedKey());
    }

    /** The user that the exchange proved; empty before it is finished. */
    public Optional<String> user() {
        return isFinished ? Optional.ofNullable(user) : Optional.empty();
    }

    /** A credential that no password fits. */
    private ScramCredential fake(String name) {
        byte[] salt = mechanism.hmac(fakeSaltKey, Utf8.encode(name));
        byte[] key = mechanism.hmac(fakeSaltKey, salt);
        byte[] half = new byte[16];
        System.arraycopy(salt, 0, half, 0, half.length);
        return new ScramCredential(mechanism, half, ScramCredential.ITERATIONS, key, key);
    }

    private static Matcher match(Pattern pattern, byte[] message) throws Failed {
        if (message.length > MAX_MESSAGE_BYTES) {
            throw new Failed("a SCRAM message has more than " + MAX_MESSAGE_BYTES + " bytes");
        }
        String text;
        try {
            text = UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
        } catch (CharacterCodingException e) {
            throw new Failed("a SCRAM message is not UTF-8");
        }
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            throw new Failed("a SCRAM message has not the form of RFC 5802, or demands a channel"
                    + " binding or an extension that this server does not have");
        }
        return matcher;
    }

    private static String name(Matcher matcher, String group) throws Failed {
        return name(matcher.group(group));
    }

    /** Names are escaped: "=2C" is a comma and "=3D" an equals sign; nothing else may follow. */
    private static String name(String escaped) throws Failed {
        if (escaped.isEmpty() || escaped.indexOf('\0') >= 0) {
            throw new Failed("a name in a SCRAM message is empty or has a character 0");
        }
        int equals = escaped.indexOf('=');
        while (equals >= 0) { // Without a pattern, which would need stack for each character.
            if (!escaped.startsWith("=2C", equals) && !escaped.startsWith("=3D", equals)) {
                throw new Failed("a name in a SCRAM message is not escaped");
            }
            equals = escaped.indexOf('=', equals + 1);
        }
        return escaped.replace("=2C", ",").replace("=3D", "=");
    }

    private static byte[] decoded(String base64) throws Failed {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new Failed("a SCRAM message has a field that is not base64");
        }
    }
}

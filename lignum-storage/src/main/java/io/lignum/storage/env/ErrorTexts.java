package io.lignum.storage.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what the C library calls an error in the languages of this process: Java passes on that
 * text and no error number.
 *
 * <p>The texts come from the message catalogs that the C library itself reads,
 * {@code /usr/share/locale/<language>/LC_MESSAGES/libc.mo}, for each language that the environment
 * names. A catalog that is missing or not understood has no texts; then only English is recognised.
 *
 * <p>Used once, by {@link DiskErrors}, while file handles are free.
 */
final class ErrorTexts {

    private static final List<Path> CATALOGS =
            List.of(Path.of("/usr/share/locale"), Path.of("/usr/share/locale-langpack"));
    private static final List<String> VARIABLES =
            List.of("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG");

    /** Language, territory, encoding and modifier, as in {@code sr_RS.UTF-8@latin}. */
    private static final Pattern LANGUAGE =
            Pattern.compile("([A-Za-z]{2,8})(_[A-Za-z0-9]+)?(\\.[^@]*)?(@[A-Za-z0-9]+)?");

    private static final Pattern CHARSET = Pattern.compile("charset=([A-Za-z0-9_:.-]+)");

    private static final int MAGIC = 0x950412de;
    private static final int HEADER_BYTES = 20;
    private static final long MAX_BYTES = 8 << 20;

    private final List<ByteBuffer> catalogs = new ArrayList<>();

    /** Loads the catalogs of this process. */
    static ErrorTexts ofThisProcess() {
        ErrorTexts texts = new ErrorTexts();
        for (String variable : VARIABLES) {
            String value = System.getenv(variable);
            if (value != null) {
                for (String language : value.split(":", -1)) {
                    texts.load(language);
                }
            }
        }
        return texts;
    }

    private void load(String language) {
        Matcher parts = LANGUAGE.matcher(language);
        if (!parts.matches()) {
            return;
        }
        String base = parts.group(1);
        String territory = parts.group(2) == null ? "" : parts.group(2);
        String modifier = parts.group(4) == null ? "" : parts.group(4);
        Set<String> names = new TreeSet<>(
                List.of(base, base + territory, base + modifier, base + territory + modifier));
        for (Path root : CATALOGS) {
            for (String name : names) {
                load(root.resolve(name).resolve("LC_MESSAGES").resolve("libc.mo"));
            }
        }
    }

    private void load(Path catalog) {
        try {
            if (Files.size(catalog) > MAX_BYTES) {
                return;
            }
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(catalog));
            if (bytes.limit() < HEADER_BYTES) {
                return;
            }
            if (bytes.getInt(0) != MAGIC) {
                bytes.order(ByteOrder.LITTLE_ENDIAN);
            }
            if (bytes.getInt(0) == MAGIC) {
                catalogs.add(bytes);
            }
        } catch (IOException e) {
            return; // Most languages have only some of these files.
        }
    }

    /** The English text and its translations. */
    Set<String> of(String english) {
        Set<String> texts = new TreeSet<>(Set.of(english));
        for (ByteBuffer catalog : catalogs) {
            String text = find(catalog, english);
            if (!text.isEmpty()) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Empty when the catalog has no such text, or is damaged. */
    private static String find(ByteBuffer catalog, String english) {
        byte[] wanted = english.getBytes(StandardCharsets.US_ASCII);
        try {
            int entries = catalog.getInt(8);
            for (int i = 0; i < entries; i++) {
                ByteBuffer key = string(catalog, catalog.getInt(12) + 8 * i);
                if (key.equals(ByteBuffer.wrap(wanted))) {
                    return charset(catalog)
                            .decode(string(catalog, catalog.getInt(16) + 8 * i))
                            .toString();
                }
            }
            return "";
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            return "";
        }
    }

    /** A string by its descriptor: i32 length, i32 position. */
    private static ByteBuffer string(ByteBuffer catalog, int descriptor) {
        return catalog.slice(catalog.getInt(descriptor + 4), catalog.getInt(descriptor));
    }

    /** The first entry, of the empty key, holds the headers of the catalog. */
    private static Charset charset(ByteBuffer catalog) {
        String headers = StandardCharsets.ISO_8859_1
                .decode(string(catalog, catalog.getInt(16)))
                .toString();
        Matcher named = CHARSET.matcher(headers);
        return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
    }
}

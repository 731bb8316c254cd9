package io.lignum.server.config;

/**
 * A setting before it is parsed.
 *
 * @param path the key as written
 * @param text the value as written
 * @param origin where it was written, for messages: {@code config.yml line 3}
 */
record RawSetting(String path, String text, String origin) {}

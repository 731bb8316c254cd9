package io.lignum.server.config;

/**
 * A setting as somebody wrote it.
 *
 * @param path the key as written
 * @param text the value as written
 * @param origin where it stands, for people: {@code config.yml line 3}
 */
record RawSetting(String path, String text, String origin) {}

package io.lignum.server.config;

/** Prints the settings in force as a config.yml, each with its source. */
final class ConfigPrinter {

    private ConfigPrinter() {}

    static String print(Settings settings) {
        StringBuilder out = new StringBuilder();
        String section = "";
        for (ConfigKey key : ConfigKey.values()) {
            if (key.section().equals("consul") && !settings.isClustered()) {
                // A consul section, even an empty one, makes the node a member of a cluster.
                continue;
            }
            if (!key.section().equals(section)) {
                section = key.section();
                out.append(section).append(":\n");
            }
            line(out, key, settings.setting(key));
        }
        return out.toString();
    }

    private static void line(StringBuilder out, ConfigKey key, Settings.Setting setting) {
        String value = key.isSecret() && setting.value() != null ? "***" : setting.text();
        String line = "  " + key.leaf() + ": " + quoted(value);
        out.append(setting.value() == null ? "  # " + line.substring(2) : line)
                .append("  # ")
                .append(setting.value() == null ? "unset, " : "")
                .append(setting.origin())
                .append('\n');
    }

    private static String quoted(String value) {
        if (value.matches("[A-Za-z0-9][A-Za-z0-9./_-]*")) {
            return value;
        }
        return '"' + Shown.text(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}

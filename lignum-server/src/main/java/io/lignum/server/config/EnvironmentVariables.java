package io.lignum.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Finds the settings among the environment variables. Kubernetes sets variables of its own for each
 * service of the namespace: a service {@code lignum-server} gives every pod
 * {@code LIGNUM_SERVER_PORT=tcp://10.0.0.7:8080}, which is not a setting.
 */
final class EnvironmentVariables {

    private static final String PREFIX = "LIGNUM_";

    /** Variables of the command line, the wrapper script and the tests. */
    private static final Set<String> OTHERS =
            Set.of("LIGNUM_CONNECT", "LIGNUM_JAR", "LIGNUM_JAVA_OPTS");

    private static final Pattern LINK = Pattern.compile("(?i)(tcp|udp|sctp)://\\S+:[0-9]{1,5}");

    private static final Pattern OF_A_SERVICE = Pattern.compile(
            "_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_[0-9]{1,5}_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$");

    private final List<RawSetting> settings = new ArrayList<>();
    private final List<String> hints = new ArrayList<>();

    EnvironmentVariables(Map<String, String> variables) {
        Map<String, String> known = new TreeMap<>();
        for (ConfigKey key : ConfigKey.values()) {
            known.put(key.environmentName(), key.path());
        }
        new TreeMap<>(variables).forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                take(name, value, known);
            }
        });
    }

    private void take(String name, String value, Map<String, String> known) {
        String path = known.get(name);
        if (name.endsWith("_PORT") && LINK.matcher(value).matches()) {
            if (path != null) {
                hints.add(
                        ("environment %s = %s: looks like a variable that Kubernetes sets for a service, and is"
                                        + " ignored; to set %s use the file or its flag, or rename the service")
                                .formatted(name, Shown.text(value), path));
            }
        } else if (path != null) {
            settings.add(new RawSetting(path, value, "environment " + name));
        } else if (!OTHERS.contains(name) && !OF_A_SERVICE.matcher(name).find()) {
            hints.add("environment %s: is not a setting, and is ignored; the nearest one is %s"
                    .formatted(Shown.text(name), nearest(name, known)));
        }
    }

    private static String nearest(String name, Map<String, String> known) {
        return known.keySet().stream()
                .min((left, right) -> Integer.compare(
                        NearestKey.distance(name, left), NearestKey.distance(name, right)))
                .orElseThrow();
    }

    List<RawSetting> settings() {
        return settings;
    }

    /** Hints about ignored variables. */
    List<String> hints() {
        return hints;
    }
}

package io.lignum.bench;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a run.
 *
 * @param directory for data, on the file system to be measured
 * @param jar the node's jar
 * @param kafka a file with the class path of Kafka's broker
 * @param jfr directory of the recordings, if they are wanted
 */
record Options(
        Path directory,
        Path jar,
        Path kafka,
        boolean isQuick,
        int rounds,
        int warmups,
        @Nullable Path jfr) {

    /** The same heap for all contenders. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

    /**
     * Whether the JVMs that this one starts need this flag, too. The file jvm.options lists the
     * flags.
     */
    private static boolean isInherited(String flag) {
        return flag.startsWith("--add-")
                || flag.startsWith("-Dchronicle.")
                || flag.startsWith("-Dlogback.");
    }

    List<String> jvm(String name) {
        List<String> all = new ArrayList<>(HEAP);
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(Options::isInherited)
                .forEach(all::add);
        if (jfr != null) {
            String stem = jfr.resolve(name + "-" + System.nanoTime()).toString();
            all.add("-XX:StartFlightRecording=settings=profile,filename=" + stem + ".jfr");
            all.add("-Dlignum.bench.node.jfr=" + stem + "-node.jfr");
        }
        return all;
    }
}

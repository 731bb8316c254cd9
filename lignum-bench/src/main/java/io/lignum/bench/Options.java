package io.lignum.bench;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a run is made.
 *
 * @param directory for data, on the file system that is to be measured
 * @param jar the node's
 * @param kafka a file with the class path of Kafka's broker
 * @param jfr where recordings go, if they are wanted
 */
record Options(
        Path directory,
        Path jar,
        Path kafka,
        boolean isQuick,
        int rounds,
        int warmups,
        @Nullable Path jfr) {

    /** The same heap for everybody. */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g");

    /** Flags of this JVM that its children need too: see jvm.options. */
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

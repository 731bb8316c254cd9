package io.lignum.server.chaos;

import io.lignum.server.cluster.JarCluster;
import io.lignum.server.cluster.NodeProcess;

import org.awaitility.Awaitility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What the nodes hold once all is well again. */
final class Finals {

    private final JarCluster cluster;

    Finals(JarCluster cluster) {
        this.cluster = cluster;
    }

    /** All values of a topic at each node, once all nodes end where the one does that has most. */
    Map<String, List<Long>> of(String topic, ToLongFunction<String> value) {
        Awaitility.await("all nodes have the same of " + topic)
                .atMost(JarCluster.PATIENCE)
                .ignoreExceptions()
                .until(() -> cluster.nodes().stream()
                                .map(node -> node.end(topic))
                                .distinct()
                                .count()
                        == 1);
        Map<String, List<Long>> finals = new TreeMap<>();
        for (NodeProcess node : cluster.nodes()) {
            finals.put(
                    node.id(),
                    node.readAll(topic).stream().map(value::applyAsLong).toList());
        }
        return finals;
    }

    /** Which of these texts stand in no file of what truncations cut. */
    List<String> notAside(List<String> texts) {
        if (texts.isEmpty()) {
            return texts;
        }
        StringBuilder aside = new StringBuilder();
        for (NodeProcess node : cluster.nodes()) {
            Path directory = node.dataDirectory().resolve("divergent");
            if (Files.exists(directory)) {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        aside.append(
                                new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return texts.stream().filter(text -> aside.indexOf(text) < 0).toList();
    }
}

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

/** The contents of the nodes when all have recovered. */
final class Finals {

    private final JarCluster cluster;

    Finals(JarCluster cluster) {
        this.cluster = cluster;
    }

    /** All values of a topic at each node, when all nodes have reached the longest log. */
    Map<String, List<Long>> of(String topic, ToLongFunction<String> value) {
        Awaitility.await("all nodes have the same of " + topic)
                .atMost(JarCluster.TIMEOUT)
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

    /** The texts that are in no side file of a truncation. */
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

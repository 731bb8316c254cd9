package io.lignum.server.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.sources.RepositoryFiles;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A simple class name stands for one idea in the whole code base. Two modules may use the same name
 * only for the same idea at both ends of a wire, or where one module must not depend on the other.
 */
class ClassNamesTest {

    /** Names of the same idea in two modules. */
    private static final Set<String> SHARED =
            Set.of("BufferPool", "Checks", "Credentials", "Durability", "WireErrors", "WireTopics");

    private static final Set<String> DESCRIPTORS = Set.of("package-info.java", "module-info.java");

    @Test
    void nameOfAClass_standsOnceInAModule() throws IOException {
        Map<String, List<Path>> files = new TreeMap<>();
        for (Path file : RepositoryFiles.java()) {
            if (!DESCRIPTORS.contains(file.getFileName().toString())) {
                String key = module(file) + "/" + file.getFileName();
                files.computeIfAbsent(key, any -> new ArrayList<>()).add(file);
            }
        }
        assertThat(files).isNotEmpty();
        files.values().removeIf(same -> same.size() == 1);
        assertThat(files).isEmpty();
    }

    @Test
    void nameOfAClass_standsForOneIdeaInAllModules() throws IOException {
        Map<String, Set<String>> modules = new TreeMap<>();
        for (Path file : RepositoryFiles.java()) {
            String name = file.getFileName().toString();
            if (isMain(file) && !DESCRIPTORS.contains(name)) {
                modules.computeIfAbsent(name.replace(".java", ""), any -> new TreeSet<>())
                        .add(module(file));
            }
        }
        modules.values().removeIf(places -> places.size() == 1);
        assertThat(modules.keySet()).isEqualTo(new TreeSet<>(SHARED));
    }

    private static String module(Path file) {
        return RepositoryFiles.ROOT.relativize(file).getName(0).toString();
    }

    private static boolean isMain(Path file) {
        return RepositoryFiles.ROOT
                .relativize(file)
                .startsWith(Path.of(module(file), "src", "main"));
    }
}

package io.lignum.server.config;

import io.lignum.record.IoErrors;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads config.yml into settings and section names, each with its line. */
final class YamlFile {

    private static final int MAX_CHARACTERS = 1 << 20;

    private final String name;
    private final List<RawSetting> settings = new ArrayList<>();
    private final List<RawSetting> sections = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();

    private YamlFile(String name) {
        this.name = name;
    }

    static YamlFile read(Path path) {
        YamlFile file = new YamlFile(path.toString());
        if (Files.isDirectory(path)) {
            throw new ConfigException(path + ": is a directory; name a file with --config");
        }
        try (Reader reader = Files.newBufferedReader(path)) {
            file.walk(compose(reader, file.name));
        } catch (NoSuchFileException e) {
            throw new ConfigException(path + ": no such file; name one with --config");
        } catch (CharacterCodingException e) {
            throw new ConfigException(path + ": is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException(path + ": cannot be read: " + IoErrors.describe(e));
        }
        return file;
    }

    private static @Nullable Node compose(Reader reader, String name) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_CHARACTERS);
        options.setMaxAliasesForCollections(10);
        options.setNestingDepthLimit(10);
        options.setAllowDuplicateKeys(false);
        try {
            return new Yaml(new SafeConstructor(options)).compose(reader);
        } catch (MarkedYAMLException e) {
            String line = e.getProblemMark() == null
                    ? ""
                    : " line " + (e.getProblemMark().getLine() + 1);
            throw new ConfigException(name + line + ": is not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new ConfigException(name + ": is not YAML: " + e.getMessage());
        }
    }

    private void walk(@Nullable Node root) {
        if (root == null || root.getTag().equals(Tag.NULL)) {
            return;
        }
        if (!(root instanceof MappingNode mapping)) {
            throw new ConfigException(name + ": must hold sections such as \"server:\"");
        }
        walk("", mapping, 0);
    }

    private void walk(String prefix, MappingNode mapping, int depth) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                problems.add(origin(tuple.getKeyNode()) + ": a key must be plain text");
                continue;
            }
            String path = prefix + keyNode.getValue();
            String origin = origin(keyNode);
            if (!seen.add(path)) {
                problems.add(path + " (" + origin + "): is given twice; keep one");
            }
            take(path, origin, tuple.getValueNode(), depth);
        }
    }

    private void take(String path, String origin, Node value, int depth) {
        if (value instanceof MappingNode inner && depth == 0) {
            sections.add(new RawSetting(path, "", origin));
            walk(path + ".", inner, depth + 1);
        } else if (value instanceof ScalarNode scalar) {
            boolean unset = scalar.getTag().equals(Tag.NULL);
            if (unset && depth == 0) {
                // "consul:" with all its keys commented out is still a section.
                sections.add(new RawSetting(path, "", origin));
            } else {
                settings.add(new RawSetting(path, unset ? "" : scalar.getValue(), origin));
            }
        } else {
            problems.add(path + " (" + origin + "): must be a single value, not a list or section");
        }
    }

    private String origin(Node node) {
        return name + " line " + (node.getStartMark().getLine() + 1);
    }

    List<RawSetting> settings() {
        return settings;
    }

    /** The top-level sections in the file, empty ones included. */
    List<RawSetting> sections() {
        return sections;
    }

    List<String> problems() {
        return problems;
    }
}

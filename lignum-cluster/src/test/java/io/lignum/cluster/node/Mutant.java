package io.lignum.cluster.node;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Lignum with a bug that is planted on purpose: some of its sources are changed, compiled in
 * memory, and everything of Lignum is loaded once more around them. So the bug is the real one, and
 * no code of the product knows of it. A text to be changed that is not there exactly once is an
 * error: the bug must be planted again where the code has moved to.
 */
final class Mutant {

    private static final String OURS = "io.lignum.";

    private static final long SEED = Long.getLong("lignum.seed", 1);

    private final Map<Path, String> sources = new LinkedHashMap<>();

    /**
     * Changes a source below {@code src/main/java} of a module, for instance
     * {@code lignum-cluster}.
     */
    Mutant change(String module, String className, String from, String to) {
        return change(Path.of("..", module, "src", "main", "java"), className, from, to);
    }

    /** Changes a source of the simulation, below {@code src/test/java}. */
    Mutant changeSimulated(String module, String className, String from, String to) {
        return change(Path.of("..", module, "src", "test", "java"), className, from, to);
    }

    private Mutant change(Path root, String className, String from, String to) {
        Path path = root.resolve(className.replace('.', '/') + ".java");
        String text = sources.computeIfAbsent(path, Mutant::read);
        if (text.indexOf(from) < 0 || text.indexOf(from) != text.lastIndexOf(from)) {
            throw new AssertionError(path + " does not contain exactly once: " + from);
        }
        sources.put(path, text.replace(from, to));
        return this;
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles the changed sources. The loader has all of Lignum, with the bug. */
    ClassLoader load() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        Map<String, ByteArrayOutputStream> classes = new HashMap<>();
        List<Source> units = sources.entrySet().stream()
                .map(one -> new Source(one.getKey(), one.getValue()))
                .toList();
        List<String> options = List.of(
                "-proc:none", "-nowarn", "-classpath", System.getProperty("java.class.path"));
        JavaFileManager files = new InMemory(
                compiler.getStandardFileManager(said, null, StandardCharsets.UTF_8), classes);
        if (!compiler.getTask(null, files, said, options, null, units).call()) {
            throw new AssertionError("the mutant does not compile: " + said.getDiagnostics());
        }
        Map<String, byte[]> mutated = new TreeMap<>();
        classes.forEach((name, bytes) -> mutated.put(name, bytes.toByteArray()));
        return new Loader(mutated);
    }

    /** Runs histories with the bug; one of the first {@code seeds} must fail. */
    void assertFoundWithin(int seeds) throws ReflectiveOperationException {
        assertFoundWithin(seeds, "(?s).*");
    }

    /**
     * The same; the failure must match {@code what}, since another failure would be another bug.
     */
    void assertFoundWithin(int seeds, String what) throws ReflectiveOperationException {
        Method verdict = Class.forName(HistoryRun.class.getName(), true, load())
                .getDeclaredMethod("verdict", long.class);
        verdict.setAccessible(true);
        for (long seed = SEED; seed < SEED + seeds; seed++) {
            Object found = verdict.invoke(null, seed);
            if (!"".equals(found)) {
                System.out.println("found at seed " + seed + ": " + found);
            }
            if (!"".equals(found) && String.valueOf(found).matches(what)) {
                return;
            }
        }
        throw new AssertionError("the bug was not found in " + seeds + " seeds from " + SEED);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Path path, String text) {
            super(URI.create("string:///" + path.getFileName()), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes;

        InMemory(JavaFileManager files, Map<String, ByteArrayOutputStream> classes) {
            super(files);
            this.classes = classes;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("memory:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    return classes.computeIfAbsent(className, name -> new ByteArrayOutputStream());
                }
            };
        }
    }

    /** Loads its own copy of all of Lignum; other libraries are shared. */
    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> mutated;

        Loader(Map<String, byte[]> mutated) {
            super(Mutant.class.getClassLoader());
            this.mutated = mutated;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OURS)) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = mutated.get(name);
            if (bytes == null) {
                try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = in.readAllBytes();
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}

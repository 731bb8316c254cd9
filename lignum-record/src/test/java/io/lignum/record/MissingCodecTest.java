package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.List;

/** Runs the real classes in a class loader that has them and the JDK, but no codec library. */
class MissingCodecTest {
    @ParameterizedTest
    @CsvSource({"LZ4,at.yawk.lz4:lz4-java", "ZSTD,com.github.luben:zstd-jni"})
    void withoutTheLibrary_packingAndReadingNameTheArtifact(String name, String artifact)
            throws Exception {
        URL classes = RecordBatch.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, null)) {
            Object codec = constant(bare, name);
            // Twice, because a class that failed to link fails in another way the second time.
            for (int i = 0; i < 2; i++) {
                assertMissing(catchThrowable(() -> build(bare, codec)), artifact);
                assertMissing(catchThrowable(() -> read(bare, name)), artifact);
            }
            assertThat(build(bare, constant(bare, "NONE"))).isInstanceOf(ByteBuffer.class);
        }
    }

    private static Object constant(ClassLoader loader, String name) throws Exception {
        Class<?> compression = loader.loadClass(Compression.class.getName());
        assertThat(compression).isNotSameAs(Compression.class);
        return compression.getMethod("valueOf", String.class).invoke(null, name);
    }

    private static Object build(ClassLoader loader, Object compression) throws Exception {
        Class<?> record = loader.loadClass(LogRecord.class.getName());
        Object value = record.getMethod("of", String.class).invoke(null, "x");
        Method build = loader.loadClass(RecordBatchBuilder.class.getName())
                .getMethod("build", List.class, compression.getClass(), long.class);
        return build.invoke(null, List.of(value), compression, 5L);
    }

    private static Object read(ClassLoader loader, String codec) throws Exception {
        ByteBuffer packed =
                RecordBatchBuilder.build(List.of(LogRecord.of("x")), Compression.valueOf(codec), 5);
        Class<?> batch = loader.loadClass(RecordBatch.class.getName());
        Object view = batch.getMethod("at", ByteBuffer.class, int.class).invoke(null, packed, 0);
        return batch.getMethod("records").invoke(view);
    }

    private static void assertMissing(Throwable thrown, String artifact) {
        assertThat(thrown)
                .isInstanceOf(InvocationTargetException.class)
                .cause()
                .hasMessageContaining(artifact)
                .extracting(cause -> cause.getClass().getName())
                .isEqualTo(RecordException.MissingCodec.class.getName());
    }
}

package io.lignum.server.cluster;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks tests that create network namespaces or mount file systems. Where that is impossible they
 * are skipped, or fail if the environment variable {@code LIGNUM_ROOT_TESTS} is {@code demand}.
 */
@Tag("root")
@ExtendWith(RootCondition.class)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface NeedsRoot {}

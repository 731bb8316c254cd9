package io.lignum.testkit;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives tests of JUnit 6 a cluster. On a class all its tests share one cluster, which is repaired
 * before each test; on a method the test has its own. Tests, constructors and life-cycle methods
 * receive it as a parameter of type {@link LignumTestCluster}, or a client of it as
 * {@code LignumClient}. JUnit closes both.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(LignumClusterExtension.class)
public @interface LignumCluster {

    /** The number of nodes, 1 to 9. */
    int nodes() default 3;

    /** Settings of every node, each {@code key=value} with a key of {@code config.yml}. */
    String[] settings() default {};
}

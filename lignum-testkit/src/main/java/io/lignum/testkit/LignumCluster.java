package io.lignum.testkit;

import org.junit.jupiter.api.extension.ExtendWith;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives JUnit 6 tests a cluster: on a class one for all its tests, repaired before each of them, on
 * a method one of its own. Tests, constructors and life-cycle methods have it as a parameter of
 * type {@link LignumTestCluster}, or a client of it as {@code LignumClient}, which is closed for
 * them.
 */
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(LignumClusterExtension.class)
public @interface LignumCluster {

    /** 1 to 9. */
    int nodes() default 3;

    /** Settings of every node, each as {@code key=value} with a key of {@code config.yml}. */
    String[] settings() default {};
}

package io.lignum.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletionStage;

/** Other modules do not use the testkit, and the testkit uses their public packages only. */
class ArchitectureTest {

    private static final JavaClasses LIGNUM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.lignum");

    @Test
    void noModule_dependsOnTheTestkit() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.lignum.testkit..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.lignum.testkit..")
                .check(LIGNUM);
    }

    @Test
    void testkit_dependsOnNeitherTheWireNorConsul() {
        noClasses()
                .that()
                .resideInAPackage("io.lignum.testkit..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(resideOutsideOfPackages(
                                "io.lignum.testkit..",
                                "io.lignum.client",
                                "io.lignum.cluster",
                                "io.lignum.cluster.coordinator",
                                "io.lignum.cluster.peer",
                                "io.lignum.cluster.sim",
                                "io.lignum.record",
                                "io.lignum.server..",
                                "io.lignum.storage.env")))
                .check(LIGNUM);
    }

    /** A future keeps what its continuation throws, which no code reads. */
    @Test
    void continuations_areRegisteredWhereTheirFailureIsReported() {
        noClasses()
                .that()
                .resideInAPackage("io.lignum.testkit..")
                .and()
                .doNotHaveSimpleName("BackgroundWork")
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "registration of a continuation",
                        call -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
                                && call.getTarget()
                                        .getName()
                                        .matches("when.*|then.*|handle.*|exceptionally.*")))
                .check(LIGNUM);
    }
}

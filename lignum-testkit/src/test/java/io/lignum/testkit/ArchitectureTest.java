package io.lignum.testkit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

/** Nothing knows the testkit, and it knows the others by what they publish. */
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
}

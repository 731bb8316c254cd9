package io.lignum.cluster.transport;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

/** What goes over the wire, and with which library, is known to this package only. */
final class TransportSecrecyTest {

    @Test
    void wireClassesAndGrpc_areSeenInThisPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.lignum.cluster.transport")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("io\\.lignum\\.cluster\\.transport\\.Wire.*")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.lignum.cluster"));
    }
}

package io.lignum.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.lignum.record.LogLineLimiter;
import io.lignum.record.ProducerStamp;
import io.lignum.server.access.Requester;
import io.lignum.server.service.LogService;
import io.lignum.storage.Durability;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * Checks the dependencies between modules and packages; only this module's tests see all of them.
 */
class ArchitectureTest {

    private static final JavaClasses LIGNUM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.lignum");

    @Test
    void theClassesLookedAt_includeEveryModule() {
        assertThat(LIGNUM.stream().map(c -> c.getPackageName()).distinct())
                .contains(
                        "io.lignum.access",
                        "io.lignum.record",
                        "io.lignum.storage",
                        "io.lignum.cluster",
                        "io.lignum.api",
                        "io.lignum.client",
                        "io.lignum.server");
        assertThat(LIGNUM.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("io.lignum.(**)")
                .should()
                .beFreeOfCycles()
                // LignumClient.builder() constructs its implementation; limited by the client's
                // test.
                .ignoreDependency(
                        "io.lignum.client.LignumClient",
                        "io.lignum.client.internal.DefaultClientBuilder")
                .check(LIGNUM);
    }

    @Test
    void internals_areUsedByTheirOwnModuleOnly() {
        for (String module : new String[] {"io.lignum.cluster", "io.lignum.client"}) {
            noClasses()
                    .that()
                    .resideOutsideOfPackage(module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage(module + ".internal..")
                    .check(LIGNUM);
        }
    }

    @Test
    void record_dependsOnNothingOfOurs() {
        noClasses()
                .that()
                .resideInAPackage("io.lignum.record..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(resideOutsideOfPackage("io.lignum.record..")))
                .check(LIGNUM);
    }

    @Test
    void storage_dependsOnRecordSlf4jAndJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("io.lignum.storage..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.lignum.storage..",
                        "io.lignum.record..",
                        "java..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(LIGNUM);
    }

    @Test
    void modulesOfTheEngine_requireNoMoreThanTheyPromise() throws URISyntaxException {
        assertThat(required(Durability.class, "io.lignum.storage"))
                .containsExactlyInAnyOrder(
                        "java.base", "io.lignum.record", "org.slf4j", "static org.jspecify");
        assertThat(required(ProducerStamp.class, "io.lignum.record"))
                .containsExactlyInAnyOrder(
                        "java.base",
                        "static org.jspecify",
                        "static com.github.luben.zstd_jni",
                        "static org.lz4.java");
    }

    /** Other encoders put '?' in place of an unpaired surrogate. */
    @Test
    void text_becomesBytesInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.lignum.api..")
                .and()
                .haveNameNotMatching(
                        "io\\.lignum\\.cluster\\.transport\\.Wire(\\$.*)?") // generated
                // A line of the log is never refused; its encoder escapes invalid text.
                .and()
                .resideOutsideOfPackage("io.lignum.server.logging..")
                // Depends on no other class of ours, and writes no text of users.
                .and()
                .resideOutsideOfPackage("io.lignum.storage.env..")
                .should()
                .callMethod(String.class, "getBytes")
                .orShould()
                .callMethod(String.class, "getBytes", Charset.class)
                .orShould()
                .callMethod(String.class, "getBytes", String.class)
                .orShould()
                .callMethod(Charset.class, "encode", String.class)
                .orShould()
                .callMethod(Charset.class, "encode", CharBuffer.class)
                .orShould()
                .callMethod(ByteString.class, "copyFromUtf8", String.class)
                .orShould()
                .callMethod(
                        Files.class,
                        "writeString",
                        Path.class,
                        CharSequence.class,
                        OpenOption[].class)
                .check(LIGNUM);
    }

    /** The message of an exception about a file is only its path; others have none. */
    @Test
    void reasonsOfIoErrors_areSaidInOnePlace() {
        DescribedPredicate<JavaCall<?>> ofAnIoError = DescribedPredicate.describe(
                "getMessage() of an IOException",
                call -> call.getTarget().getName().equals("getMessage")
                        && call.getTargetOwner().isAssignableTo(IOException.class)
                        && !call.getTargetOwner().getPackageName().startsWith("com.fasterxml"));
        noClasses()
                .that()
                .resideOutsideOfPackage("io.lignum.storage.env..")
                .and()
                .doNotHaveSimpleName("IoErrors")
                .should()
                .callCodeUnitWhere(ofAnIoError)
                .check(LIGNUM);
    }

    /** Otherwise a future that no caller looks at hides the exception of a continuation. */
    @Test
    void continuationsOfRequests_areRegisteredInOnePlace() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.lignum.server.http..",
                        "io.lignum.server.grpc..",
                        "io.lignum.server.service..")
                .and()
                .doNotHaveSimpleName("RequestFailures")
                .and()
                .doNotHaveSimpleName("WatchedEndPoint") // its handler only clears a reference
                .should()
                .callMethod(CompletableFuture.class, "whenComplete", BiConsumer.class)
                .orShould()
                .callMethod(CompletableFuture.class, "whenCompleteAsync", BiConsumer.class)
                .orShould()
                .callMethod(
                        CompletableFuture.class,
                        "whenCompleteAsync",
                        BiConsumer.class,
                        Executor.class)
                .check(LIGNUM);
    }

    @Test
    void wireTypes_stopAtTheGrpcListener() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.lignum.server.grpc..",
                        "io.lignum.client..",
                        "io.lignum.api..",
                        "io.lignum.cluster.transport..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.lignum.api..")
                .check(LIGNUM);
    }

    @Test
    void access_knowsNoProtocolAndNothingElseOfOurs() {
        classes()
                .that()
                .resideInAPackage("io.lignum.server.access..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                                "io.lignum.server.access..",
                                "io.lignum.access..",
                                "java..",
                                "javax.naming..", // names in certificates
                                "javax.security.auth.x500..",
                                "org.slf4j..",
                                "org.jspecify..")
                        .or(belongToAnyOf(LogLineLimiter.class)))
                .check(LIGNUM);
    }

    /** Users, credentials and grants, for any protocol and any log. */
    @Test
    void accessModule_dependsOnRecordJacksonAndJspecifyAlone() {
        classes()
                .that()
                .resideInAPackage("io.lignum.access..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "io.lignum.access..",
                        "io.lignum.record..",
                        "com.fasterxml.jackson..",
                        "java..",
                        "javax.crypto..",
                        "org.jspecify..")
                .check(LIGNUM);
    }

    /** All other code of the listeners gets a session with the rights of a caller. */
    @Test
    void sessions_areOpenedWhereCallersAreIdentified() {
        noClasses()
                .that()
                .resideInAnyPackage("io.lignum.server.http..", "io.lignum.server.grpc..")
                .and()
                .doNotHaveSimpleName("RequestFilter")
                .and()
                .doNotHaveSimpleName("AccessInterceptor")
                .should()
                .callMethod(LogService.class, "session", Requester.class)
                .orShould()
                .callMethod(LogService.class, "ownSession")
                .check(LIGNUM);
        noClasses()
                .that()
                .resideInAnyPackage("io.lignum.server.http..", "io.lignum.server.grpc..")
                .should()
                .callMethod(LogService.class, "ownSession")
                .check(LIGNUM);
    }

    @Test
    void cluster_dependsOnStorageAndRecordAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.lignum.cluster..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(resideOutsideOfPackages(
                                "io.lignum.cluster..",
                                "io.lignum.storage..",
                                "io.lignum.record..")))
                .check(LIGNUM);
    }

    @Test
    void consul_isKnownInOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.lignum.cluster.consul..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.kiwiproject..")
                .check(LIGNUM);
    }

    @Test
    void client_dependsOnApiAndRecordAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.lignum.client..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(resideOutsideOfPackages(
                                "io.lignum.client..", "io.lignum.api..", "io.lignum.record..")))
                .check(LIGNUM);
    }

    private static Set<String> required(Class<?> type, String module) throws URISyntaxException {
        Path origin =
                Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        ModuleDescriptor descriptor =
                ModuleFinder.of(origin).find(module).orElseThrow().descriptor();
        return descriptor.requires().stream()
                .map(requires ->
                        requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC)
                                ? "static " + requires.name()
                                : requires.name())
                .collect(Collectors.toUnmodifiableSet());
    }
}

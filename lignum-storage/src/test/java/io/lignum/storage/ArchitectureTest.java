package io.lignum.storage;

import static com.tngtech.archunit.base.DescribedPredicate.anyElementThat;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.nio.channels.Channel;
import java.nio.channels.InterruptibleChannel;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Files, clocks, randomness and threads are behind the seams in {@code env}, and order never by
 * hash.
 */
class ArchitectureTest {

    private static final String ENV = "io.lignum.storage.env..";

    private static final String SEGMENT = "io.lignum.storage.internal.segment..";

    private static final JavaClasses ENGINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.lignum.storage");

    /** Exceptions of java.io and java.nio.file are words, not access. */
    private static final Set<String> WORDS = Set.of(
            "java.io.IOException",
            "java.io.EOFException",
            "java.io.UncheckedIOException",
            "java.io.Closeable",
            "java.io.Serializable",
            "java.nio.file.Path",
            "java.nio.file.NoSuchFileException",
            "java.nio.file.FileAlreadyExistsException",
            "java.nio.file.AccessDeniedException");

    @Test
    void theClassesLookedAt_areThoseOfTheEngine() {
        assertThat(ENGINE.contain(LogStore.class)).isTrue();
        assertThat(ENGINE.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void filesAreTouched_behindTheSeamOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENV)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.io..", "java.nio.file..")
                        .and(resideOutsideWords()))
                .orShould()
                .dependOnClassesThat(assignableTo(Channel.class))
                .check(ENGINE);
    }

    private static DescribedPredicate<JavaClass> resideOutsideWords() {
        return DescribedPredicate.describe(
                "do more than name things", type -> !WORDS.contains(type.getName()));
    }

    /** An interrupt of one user's thread would close them for everybody. */
    @Test
    void interruptibleChannels_areNotUsedAtAll() {
        noClasses()
                .should()
                .dependOnClassesThat(assignableTo(InterruptibleChannel.class))
                .check(ENGINE);
    }

    @Test
    void clocksAreRead_behindTheSeamOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENV)
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat(
                        nameMatching(
                                "java\\.time\\.(Clock|Instant|.*DateTime|Local.*)|java\\.util\\.(Date|Timer|Calendar)"))
                .check(ENGINE);
    }

    @Test
    void randomnessIsDrawn_behindTheSeamOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENV)
                .should()
                .dependOnClassesThat(assignableTo(RandomGenerator.class)
                        .and(nameMatching("(?!.*RandomGenerator$).*")))
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .check(ENGINE);
    }

    @Test
    void threadsAreMade_behindTheSeamOnly_andOnlyABlockedAppendKnowsThem() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ENV)
                .should()
                .dependOnClassesThat(assignableTo(ExecutorService.class))
                .orShould()
                .dependOnClassesThat(assignableTo(Executors.class))
                .orShould()
                .dependOnClassesThat(assignableTo(ForkJoinPool.class))
                .check(ENGINE);
        noClasses()
                .that()
                .resideOutsideOfPackage(ENV)
                .and()
                .doNotHaveSimpleName("BlockedAppend")
                .should()
                .dependOnClassesThat(assignableTo(Thread.class))
                .orShould()
                .dependOnClassesThat(assignableTo(LockSupport.class))
                .check(ENGINE);
    }

    @Test
    void nothingIsOrderedByHash() {
        noClasses()
                .should()
                .dependOnClassesThat(
                        nameMatching(
                                "java\\.util\\.(HashMap|HashSet|IdentityHashMap|WeakHashMap|Hashtable|concurrent\\.ConcurrentHashMap)"))
                .check(ENGINE);
    }

    @Test
    void theEngineDependsOnRecordsAndTwoSmallLibraries_only() {
        classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..",
                        "io.lignum.record..",
                        "io.lignum.storage..",
                        "org.slf4j..",
                        "org.jspecify.."))
                .check(ENGINE);
        noClasses()
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java..")
                                .and(
                                        nameMatching(
                                                "java\\.(sql|net\\.http|rmi|desktop|awt|beans|logging|util\\.logging|lang\\.management).*")))
                .check(ENGINE);
    }

    @Test
    void theSeamKnowsNothingOfTheEngine() {
        noClasses()
                .that()
                .resideInAPackage(ENV)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.lignum..").and(resideOutsideOfPackages(ENV)))
                .check(ENGINE);
        slices().matching("io.lignum.storage.(**)").should().beFreeOfCycles().check(ENGINE);
    }

    /** Neither the files of a log know the engine, nor does the engine show them to its users. */
    @Test
    void theSegmentsKnowNothingOfTheEngine_andNoUserSeesThem() {
        noClasses()
                .that()
                .resideInAPackage(SEGMENT)
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.lignum.storage..")
                        .and(resideOutsideOfPackages(SEGMENT, ENV)))
                .check(ENGINE);
        noMethods()
                .that()
                .arePublic()
                .and()
                .areDeclaredInClassesThat(arePublicOutside(SEGMENT))
                .should()
                .haveRawReturnType(resideInAPackage(SEGMENT))
                .orShould()
                .haveRawParameterTypes(anyElementThat(resideInAPackage(SEGMENT)))
                .check(ENGINE);
    }

    private static DescribedPredicate<JavaClass> arePublicOutside(String hidden) {
        return resideOutsideOfPackages(hidden)
                .and(DescribedPredicate.describe(
                        "are public", type -> type.getModifiers().contains(JavaModifier.PUBLIC)));
    }
}

package io.lignum.cluster;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.PendingCalls;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.record.IoErrors;
import io.lignum.record.LogLineLimiter;
import io.lignum.record.Utf8;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;

/**
 * The core knows a coordinator and a network, and neither Consul nor gRPC; time and chance come
 * from outside.
 */
final class ArchitectureTest {

    private static final String ROOT = "io.lignum.cluster";
    private static final String NODE = ROOT + ".node";
    private static final String LEADER = ROOT + ".internal.leader";
    private static final String FOLLOWER = ROOT + ".internal.follower";
    private static final String ELECTION = ROOT + ".internal.election";
    private static final String TOPICS = ROOT + ".internal.topics";
    private static final String STATE = ROOT + ".internal.state";
    private static final String[] INTERFACES = {ROOT + ".coordinator", ROOT + ".peer"};

    /** The state machine of a node: all but the seams and what stands behind them. */
    private static final String[] CORE = {ROOT, NODE, LEADER, FOLLOWER, ELECTION, TOPICS, STATE};

    private static final JavaClasses CLUSTER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** How text becomes bytes, and how an I/O error is described, is the same everywhere. */
    private static final DescribedPredicate<JavaClass> TEXT =
            belongToAnyOf(Utf8.class, IoErrors.class, LogLineLimiter.class);

    @Test
    void theClassesLookedAt_areThoseOfTheCluster() {
        assertThat(CLUSTER.contain(ClusterNode.class)).isTrue();
        assertThat(CLUSTER.contain(ArchitectureTest.class)).isFalse();
        assertThat(CLUSTER.stream().map(type -> type.getPackageName()).distinct())
                .contains(CORE)
                .contains(
                        ROOT + ".coordinator",
                        ROOT + ".peer",
                        ROOT + ".consul",
                        ROOT + ".transport");
    }

    @Test
    void theSeams_dependOnNothingOfTheOthers() {
        for (String seam : INTERFACES) {
            noClasses()
                    .that()
                    .resideInAPackage(seam)
                    .should()
                    .dependOnClassesThat(
                            resideInAPackage(ROOT + "..").and(not(resideInAPackage(seam))))
                    .check(CLUSTER);
        }
    }

    @Test
    void consul_knowsTheCoordinatorsSeamOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".consul")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(not(resideInAnyPackage(ROOT + ".consul", ROOT + ".coordinator")))
                        .and(not(TEXT)))
                .check(CLUSTER);
    }

    @Test
    void transport_knowsThePeersSeamAndTheLoopOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".transport..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.lignum..")
                        .and(not(resideInAnyPackage(ROOT + ".transport..", ROOT + ".peer")))
                        .and(not(TEXT))
                        .and(not(belongToAnyOf(Loop.class))))
                .check(CLUSTER);
    }

    @Test
    void theCore_knowsNeitherConsulNorTheWire() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .or()
                .resideInAnyPackage(INTERFACES)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + ".consul..",
                        ROOT + ".transport..",
                        "io.grpc..",
                        "com.google.protobuf..",
                        "org.kiwiproject..",
                        "okhttp3..")
                .check(CLUSTER);
    }

    @Test
    void layers_useOnlyThoseBelow() {
        assertUsesNone(ROOT, NODE, LEADER, FOLLOWER, ELECTION, TOPICS, STATE);
        assertUsesNone(STATE, NODE, LEADER, FOLLOWER, ELECTION, TOPICS);
        assertUsesNone(TOPICS, NODE, LEADER, FOLLOWER, ELECTION);
        assertUsesNone(ELECTION, NODE, LEADER, FOLLOWER);
        assertUsesNone(FOLLOWER, NODE, LEADER, ELECTION);
        assertUsesNone(LEADER, NODE, FOLLOWER, ELECTION);
    }

    private static void assertUsesNone(String layer, String... others) {
        noClasses()
                .that()
                .resideInAPackage(layer)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLUSTER);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLUSTER);
    }

    /**
     * What a callback throws stays in a future that no code reads, and what it was to end waits
     * for ever.
     */
    @Test
    void callbacksOfFutures_areRegisteredWhereTheirFailureEndsTheNode() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .doNotHaveFullyQualifiedName(NodeContext.class.getName())
                .and()
                .doNotHaveFullyQualifiedName(PendingCalls.class.getName())
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
                .check(CLUSTER);
    }

    @Test
    void timeChanceAndThreads_comeFromOutside() {
        noClasses()
                .that()
                .resideInAnyPackage(CORE)
                .and()
                .doNotHaveFullyQualifiedName(ThreadLoop.class.getName())
                .and()
                .haveNameNotMatching(".*\\.ThreadLoop\\$.*")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocalRandom.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Executors.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Instant.class)
                .check(CLUSTER);
    }
}

package io.lignum.client;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.grpc.netty.shaded.io.netty.channel.EventLoop;
import io.lignum.client.internal.DefaultClientBuilder;

import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The layers of the client: the public API in the root, below it {@code internal}, {@code producer}
 * and {@code consumer}, {@code net}, {@code errors}. Implementations use the interfaces, values and
 * exceptions of the root. One arrow goes the other way, as in {@code java.net.http}: {@code
 * LignumClient.builder()} constructs {@code DefaultClientBuilder}.
 */
class ArchitectureTest {

    private static final String ROOT = "io.lignum.client";
    private static final String INTERNAL = ROOT + ".internal";
    private static final String ERRORS = INTERNAL + ".errors";
    private static final String NET = INTERNAL + ".net";
    private static final String PRODUCER = INTERNAL + ".producer";
    private static final String CONSUMER = INTERNAL + ".consumer";

    /** The producer's state machine, which knows neither the wire nor the clock. */
    private static final String STATE_MACHINE =
            ".*\\.(Pipeline|Window|Batch|FailedBatches|NodeStream|Sequencer|RetryBackoff)(\\$.*)?";

    /** The methods of a batch that change the state of its delivery. */
    private static final Set<String> TRANSITIONS = Set.of(
            "seal",
            "sent",
            "refuse",
            "lose",
            "acknowledge",
            "fail",
            "restamp",
            "clearDoubt",
            "markBehindGap",
            "abandon",
            "clearRefusal");

    private static final JavaClasses CLIENT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @Test
    void theClassesLookedAt_areThoseOfTheClient() {
        assertThat(CLIENT.contain(LignumClient.class)).isTrue();
        assertThat(CLIENT.contain(ArchitectureTest.class)).isFalse();
        assertThat(CLIENT.stream().map(JavaClass::getPackageName).distinct())
                .containsExactlyInAnyOrder(ROOT, INTERNAL, ERRORS, NET, PRODUCER, CONSUMER);
    }

    @Test
    void publicApi_constructsItsImplementationInOnePlace() {
        noClasses()
                .that()
                .resideInAPackage(ROOT)
                .and()
                .doNotHaveFullyQualifiedName(LignumClient.class.getName())
                .should()
                .dependOnClassesThat()
                .resideInAPackage(INTERNAL + "..")
                .check(CLIENT);
        noClasses()
                .that()
                .haveFullyQualifiedName(LignumClient.class.getName())
                .should()
                .dependOnClassesThat(resideInAPackage(INTERNAL + "..")
                        .and(belongToAnyOf(DefaultClientBuilder.class).negate()))
                .check(CLIENT);
    }

    @Test
    void publicApi_knowsNeitherGrpcNorProtobuf() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(ROOT, INTERNAL, "io.lignum.record", "java..", "org.jspecify..")
                .check(CLIENT);
    }

    @Test
    void layers_useOnlyThoseBelow() {
        assertUsesNone(ERRORS, NET, PRODUCER, CONSUMER, INTERNAL);
        assertUsesNone(NET, PRODUCER, CONSUMER, INTERNAL);
        assertUsesNone(PRODUCER, CONSUMER, INTERNAL);
        assertUsesNone(CONSUMER, PRODUCER, INTERNAL);
    }

    private static void assertUsesNone(String layer, String... others) {
        noClasses()
                .that()
                .resideInAPackage(layer)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(CLIENT);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("io.lignum.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(LignumClient.class, DefaultClientBuilder.class)
                .check(CLIENT);
    }

    @Test
    void producersStateMachine_knowsNeitherTheWireNorTheClock() {
        noClasses()
                .that()
                .haveNameMatching(STATE_MACHINE)
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat(
                        resideInAPackage("io.grpc..").or(resideInAPackage("io.lignum.api..")))
                .check(CLIENT);
    }

    /** So the state of a batch has one owner. */
    @Test
    void statesOfBatches_areChangedByTheWindowOnly() {
        noClasses()
                .that(resideOutsideOfPackage(PRODUCER).or(notNamed("Window", "Batch")))
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "call of a transition of Batch",
                        call -> call.getTargetOwner().getSimpleName().equals("Batch")
                                && TRANSITIONS.contains(call.getTarget().getName())))
                .check(CLIENT);
    }

    /**
     * The event loop would drop what a task throws, and the owner of the task would wait for ever.
     */
    @Test
    void tasksOfTheIoThread_areSubmittedWhereTheirFailureEndsTheirOwner() {
        noClasses()
                .that()
                .doNotHaveSimpleName("IoTasks")
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "execute or schedule of an event loop",
                        call -> call.getTargetOwner().isAssignableTo(EventLoop.class)
                                && Set.of("execute", "submit", "schedule", "scheduleAtFixedRate")
                                        .contains(call.getTarget().getName())))
                .check(CLIENT);
    }

    /** A future keeps what its continuation throws, which no code reads. */
    @Test
    void continuations_areRegisteredWhereTheyCatchEverything() {
        noClasses()
                .that()
                .doNotHaveSimpleName("UnaryCall")
                .and()
                .doNotHaveSimpleName("RecordPump")
                .and()
                .doNotHaveSimpleName("RecordReader") // assigns a field only
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "whenComplete or thenAccept",
                        call -> call.getTargetOwner().isAssignableTo(CompletionStage.class)
                                && call.getTarget()
                                        .getName()
                                        .matches("whenComplete.*|thenAccept.*|thenRun.*")))
                .check(CLIENT);
    }

    private static DescribedPredicate<JavaClass> notNamed(String... names) {
        return DescribedPredicate.describe(
                "other classes", type -> !Set.of(names).contains(type.getSimpleName()));
    }
}

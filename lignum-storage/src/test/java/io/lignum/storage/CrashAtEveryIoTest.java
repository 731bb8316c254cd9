package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.lignum.record.LogRecord;
import io.lignum.storage.sim.PowerCut;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** The process or the power goes at each single I/O of a workload; then the promise is checked. */
class CrashAtEveryIoTest {

    private static final long SEED = Long.getLong("lignum.seed", 20_261_122L);

    private static final int ROUNDS = Integer.getInteger("lignum.campaign", 1);

    /**
     * More of them at once are not tried in all choices: of the oldest only, the others are lost.
     */
    private static final int MOST_NAMES = ROUNDS == 1 ? 3 : 4;

    @ParameterizedTest
    @CsvSource({
        "ALWAYS, true",
        "ALWAYS, false",
        "INTERVAL, true",
        "INTERVAL, false",
        "OS, true",
        "OS, false",
    })
    void crashAtAnyIo_losesNothingThatWasPromised(Durability durability, boolean powerIsLost) {
        long ios = iosOfWorkload(durability);
        assertThat(ios).isGreaterThan(100);
        long recoveries = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (long k = 1; k <= ios; k++) {
                Crash crash = new Crash(
                        k, SEED + 1000L * round + k, durability, powerIsLost, OptionalLong.empty());
                int names = crash.run(false);
                recoveries++;
                for (long kept = 0;
                        powerIsLost && kept < 1L << Math.min(names, MOST_NAMES);
                        kept++) {
                    crash.keeping(kept).run(false);
                    recoveries++;
                }
            }
        }
        System.out.printf(
                "%s, %s: crashed at each of %,d I/Os, %d time(s) each: %,d recoveries, after one random"
                        + " loss of bytes that were not forced%s%n",
                durability,
                powerIsLost ? "power lost" : "killed",
                ios,
                ROUNDS,
                recoveries,
                powerIsLost
                        ? " for each choice of up to " + MOST_NAMES + " names that were not"
                        : "");
    }

    /**
     * Names of a directory that is not forced may survive in any choice, whatever order they were
     * made in.
     */
    @Test
    void powerLostAtTheFirstSealOfATopic_losesNothing_whichNamesEverSurvive() {
        for (long seed = SEED; seed < SEED + 300L * ROUNDS; seed++) {
            for (long k = 1; firstSealLosesNothing(k, seed); k++) {
                // The next I/O.
            }
        }
    }

    /** False: there are not so many I/Os. */
    private static boolean firstSealLosesNothing(long k, long seed) {
        Simulation simulation = new Simulation(seed);
        TopicLog log =
                simulation.open().createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(2));
        log.lead(1);
        simulation.run(log.appendAsync(LogRecord.of("first")));
        log.lead(2);
        simulation.disk.cutPowerAt(k);
        try {
            simulation.run(log.appendAsync(LogRecord.of("second")));
            simulation.environment.run(); // It is acknowledged before the segment is sealed.
            return false;
        } catch (PowerCut cut) {
            simulation.crash(true);
            TopicLog after = simulation.open().topic("t");
            assertThat(after.damage()).as("I/O %d, seed %d", k, seed).isNull();
            assertThat(after.read(0).iterator().next().text()).isEqualTo("first");
            return true;
        }
    }

    /** A test that never fails proves nothing: forces that do nothing are found out. */
    @Test
    void diskThatLies_isFoundOut_withinTheFirstTenthOfTheIos() {
        long ios = iosOfWorkload(Durability.ALWAYS);
        for (long k = 1; k <= ios / 10; k++) {
            long io = k;
            try {
                new Crash(io, SEED + io, Durability.ALWAYS, true, OptionalLong.empty()).run(true);
            } catch (AssertionError found) {
                System.out.println("a disk that lies is found out at I/O " + io + " of " + ios);
                return;
            }
        }
        fail("nothing was lost by a disk that forces nothing");
    }

    private static long iosOfWorkload(Durability durability) {
        Simulation simulation = new Simulation(SEED);
        long before = simulation.disk.ioCount();
        new CrashWorkload(simulation, durability).run();
        return simulation.disk.ioCount() - before;
    }

    /**
     * A crash of the workload.
     *
     * @param io in which the power goes, or the process ends
     * @param names which of those that were not forced survive; empty: by chance
     */
    private record Crash(
            long io, long seed, Durability durability, boolean powerIsLost, OptionalLong names) {

        Crash keeping(long which) {
            return new Crash(io, seed, durability, powerIsLost, OptionalLong.of(which));
        }

        /** Gives how many names were not forced. */
        int run(boolean lies) {
            Simulation simulation = new Simulation(seed);
            simulation.disk.forceNothing(lies);
            CrashWorkload workload = new CrashWorkload(simulation, durability);
            simulation.disk.cutPowerAt(io);
            try {
                try {
                    workload.run();
                } catch (PowerCut cut) {
                    assertThat(simulation.disk.isDead()).isTrue();
                }
                Random random = new Random(seed);
                int unforced = simulation.disk.unforcedNames();
                names.ifPresentOrElse(
                        simulation.disk::cutPower, () -> simulation.crash(powerIsLost));
                for (int deaths = random.nextInt(3); deaths > 0; deaths--) {
                    diesWhileOpening(simulation, random);
                    simulation.crash(powerIsLost);
                }
                inspect(simulation);
                workload.recover(powerIsLost);
                workload.goOn();
                return unforced;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        this + " (-Dlignum.seed=" + SEED + "), while: " + workload.doing, e);
            }
        }
    }

    /** Whatever a crash leaves is no damage, and looking at it changes nothing. */
    private static void inspect(Simulation simulation) {
        if (simulation.disk.exists(Simulation.DIRECTORY.resolve(DataDirectory.FORMAT_FILE))) {
            long before = simulation.disk.ioCount();
            LogInspector inspector = LogInspector.of(Simulation.DIRECTORY, simulation.disk);
            List<Finding> findings = new ArrayList<>(inspector.findings());
            for (TopicInspector topic : inspector.topics()) {
                findings.addAll(topic.verify(false, bytes -> {}).findings());
            }
            assertThat(findings)
                    .filteredOn(f ->
                            f.kind() != Finding.Kind.NOTE && f.kind() != Finding.Kind.TORN_TAIL)
                    .isEmpty();
            assertThat(simulation.disk.ioCount()).isEqualTo(before);
        }
    }

    private static void diesWhileOpening(Simulation simulation, Random random) {
        simulation.disk.cutPowerAt(1 + random.nextInt(12));
        try {
            simulation.open();
        } catch (PowerCut cut) {
            assertThat(simulation.disk.isDead()).isTrue();
        }
    }
}

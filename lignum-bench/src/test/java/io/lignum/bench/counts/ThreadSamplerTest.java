package io.lignum.bench.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.bench.work.Scratch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counters of threads are read as the kernel writes them, and summed over a window. */
class ThreadSamplerTest {

    private static final String STATUS = """
            Name:\tC2 CompilerThre
            Umask:\t0022
            State:\tS (sleeping)
            Tgid:\t4711
            Pid:\t4719
            VmRSS:\t  101364 kB
            Threads:\t37
            Seccomp:\t0
            voluntary_ctxt_switches:\t1013
            nonvoluntary_ctxt_switches:\t41
            """;

    private static final String SCHEDSTAT = "116023890 797059176 1054\n";

    @TempDir
    Path tasks = Path.of("replaced by the framework");

    @Test
    void filesOfAThread_giveNameTimeAndSwitches() throws IOException {
        assertThat(ThreadCounters.parse(STATUS, SCHEDSTAT))
                .isEqualTo(new ThreadCounters("C2 CompilerThre", 116_023_890, 1013, 41));
    }

    @Test
    void statusWithoutSwitches_isRefused() {
        assertThatThrownBy(() -> ThreadCounters.parse("Name:\tmain\n", SCHEDSTAT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("voluntary_ctxt_switches");
    }

    @Test
    void schedstatWithoutTime_isRefused() {
        assertThatThrownBy(() -> ThreadCounters.parse(STATUS, ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a schedstat");
    }

    @Test
    void threadsOfAPool_haveOneGroup() {
        assertThat(new ThreadCounters("grpc-loop-12", 0, 0, 0).group()).isEqualTo("grpc-loop");
        assertThat(new ThreadCounters("GC Thread#1", 0, 0, 0).group()).isEqualTo("GC Thread");
        assertThat(new ThreadCounters("main", 0, 0, 0).group()).isEqualTo("main");
    }

    @Test
    void threadThatRunsAllTheTime_countsFromTheBegin() throws IOException {
        thread(1, "main", 100, 10, 1);
        ThreadSampler sampler = new ThreadSampler(tasks);
        thread(1, "main", 150, 12, 4);
        ProcessUsage usage = sampler.usage();
        assertThat(usage.cpuNanos()).isEqualTo(50);
        assertThat(usage.voluntary()).isEqualTo(2);
        assertThat(usage.involuntary()).isEqualTo(3);
        assertThat(usage.endedThreads()).isZero();
    }

    @Test
    void threadThatStarts_countsFromItsStart() throws IOException {
        thread(1, "main", 100, 10, 1);
        ThreadSampler sampler = new ThreadSampler(tasks);
        thread(2, "pool-2", 30, 3, 2);
        thread(3, "pool-3", 5, 1, 0);
        ProcessUsage usage = sampler.usage();
        assertThat(usage.cpuNanosByName()).containsEntry("pool", 35L).containsEntry("main", 0L);
        assertThat(usage.voluntary()).isEqualTo(4);
    }

    @Test
    void threadThatEnds_countsUntilItsLastSample() throws IOException {
        thread(1, "main", 100, 10, 1);
        thread(2, "C1 CompilerThre", 1000, 100, 10);
        ThreadSampler sampler = new ThreadSampler(tasks);
        thread(2, "C1 CompilerThre", 1070, 103, 11);
        sampler.sample();
        Scratch.delete(tasks.resolve("2"));
        ProcessUsage usage = sampler.usage();
        assertThat(usage.cpuNanos()).isEqualTo(70);
        assertThat(usage.compilerNanos()).isEqualTo(70);
        assertThat(usage.voluntary()).isEqualTo(3);
        assertThat(usage.endedThreads()).isEqualTo(1);
    }

    @Test
    void idThatIsUsedAgain_isAnotherThread() throws IOException {
        thread(2, "pool-1", 1000, 100, 10);
        ThreadSampler sampler = new ThreadSampler(tasks);
        thread(2, "pool-7", 20, 2, 0);
        ProcessUsage usage = sampler.usage();
        assertThat(usage.cpuNanos()).isEqualTo(20);
        assertThat(usage.voluntary()).isEqualTo(2);
        assertThat(usage.endedThreads()).isEqualTo(1);
    }

    @Test
    void processThatHasEnded_isReported() throws IOException {
        ThreadSampler sampler = new ThreadSampler(tasks);
        Scratch.delete(tasks);
        assertThatThrownBy(sampler::sample).isInstanceOf(IOException.class);
    }

    private void thread(int id, String name, long cpu, long voluntary, long involuntary)
            throws IOException {
        Path thread = Files.createDirectories(tasks.resolve(Integer.toString(id)));
        Files.writeString(thread.resolve("schedstat"), cpu + " 5 7\n");
        Files.writeString(thread.resolve("status"), """
                Name:\t%s
                voluntary_ctxt_switches:\t%d
                nonvoluntary_ctxt_switches:\t%d
                """.formatted(name, voluntary, involuntary));
    }
}

package io.lignum.bench.counts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** What perf and strace write is parsed as it is. */
class TracerOutputTest {

    private static final String STRACE = """
            % time     seconds  usecs/call     calls    errors syscall
            ------ ----------- ----------- --------- --------- ----------------
             79.45    0.258253         175      1470           epoll_wait
             17.88    0.058120          61       940       140 futex
              0.57    0.001839          12       148           rt_sigprocmask
              0.22    0.000684          18        37         1 read
              0.21    0.000684          18        30           recvfrom
            ------ ----------- ----------- --------- --------- ----------------
            100.00    0.325056         111      2625       141 total
            """;

    private static final String STRACE_BEFORE_VERSION_5 = """
            % time     seconds  usecs/call     calls    errors syscall
            ------ ----------- ----------- --------- --------- ----------------
             60.00    0.000003           3         1           futex
             40.00    0.000002           1         2         1 pwrite64
            ------ ----------- ----------- --------- --------- ----------------
            100.00    0.000005                     3         1 total
            """;

    private static final String PERF = """
            # started on Mon Nov 30 12:30:38 2026

            1035,,raw_syscalls:sys_enter,25362036,100.00,,
            111,,syscalls:sys_enter_futex,25362036,100.00,,
            7,,syscalls:sys_enter_epoll_wait,25362036,100.00,,
            0,,syscalls:sys_enter_pread64,25362036,100.00,,
            """;

    @Test
    void summaryOfStrace_givesCallsByKind() throws IOException {
        SystemCallCounts counts = StraceSummary.parse(STRACE);
        assertThat(counts.of(SystemCallKind.EPOLL_WAIT)).isEqualTo(1470);
        assertThat(counts.of(SystemCallKind.FUTEX)).isEqualTo(940);
        assertThat(counts.of(SystemCallKind.READ)).isEqualTo(67);
        assertThat(counts.of(SystemCallKind.FORCE)).isZero();
        assertThat(counts.total()).isEqualTo(2625);
        assertThat(counts.other()).isEqualTo(148);
    }

    @Test
    void summaryOfAnOlderStrace_hasNoTimePerCallInTotal() throws IOException {
        SystemCallCounts counts = StraceSummary.parse(STRACE_BEFORE_VERSION_5);
        assertThat(counts.of(SystemCallKind.PWRITE)).isEqualTo(2);
        assertThat(counts.total()).isEqualTo(3);
    }

    @Test
    void emptySummary_hasNoCalls() throws IOException {
        assertThat(StraceSummary.parse("\n").total()).isZero();
    }

    @Test
    void textThatIsNoSummary_isRefused() {
        assertThatThrownBy(() -> StraceSummary.parse("strace: Process 7 detached"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Process 7 detached");
    }

    @Test
    void outputOfPerf_givesCallsByKind() throws IOException {
        SystemCallCounts counts = PerfOutput.parse(PERF);
        assertThat(counts.of(SystemCallKind.FUTEX)).isEqualTo(111);
        assertThat(counts.of(SystemCallKind.EPOLL_WAIT)).isEqualTo(7);
        assertThat(counts.of(SystemCallKind.PREAD)).isZero();
        assertThat(counts.total()).isEqualTo(1035);
        assertThat(counts.other()).isEqualTo(917);
    }

    @Test
    void eventThatPerfDidNotCount_isRefused() {
        assertThatThrownBy(() ->
                        PerfOutput.parse("<not counted>,,raw_syscalls:sys_enter,0,100.00,,\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("<not counted>");
    }

    @Test
    void outputOfPerfWithoutTotal_isRefused() {
        assertThatThrownBy(() -> PerfOutput.parse("1,,syscalls:sys_enter_futex,1,100.00,,\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("raw_syscalls:sys_enter");
    }
}

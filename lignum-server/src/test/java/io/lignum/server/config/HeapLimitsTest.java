package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

/** Defaults fit the heap; explicit settings stay unchanged. */
class HeapLimitsTest {

    private static ConfigLoader heap(int mebibytes) {
        return new ConfigLoader().embedded(Path.of("data")).heap((long) mebibytes << 20);
    }

    @Test
    void smallHeap_lowersTheDefaultsAndSaysSo() {
        ServerConfig config = heap(64).load();
        assertThat(config.limits().maxBytesInFlight()).isEqualTo(8 << 20);
        assertThat(config.limits().requestMaxBytes()).isEqualTo(4 << 20);
        assertThat(config.limits().readMaxBytes()).isEqualTo(2 << 20);
        assertThat(config.limits().batchMaxUncompressedBytes()).isEqualTo(8 << 20);
        assertThat(config.memory().orElse(""))
                .contains("64 MiB")
                .contains("limits.max-bytes-in-flight 8388608");
        assertThat(config.print()).contains("max-bytes-in-flight: 8388608  # default for a heap");
    }

    @Test
    void largeHeap_leavesTheDefaultsAndSaysNothing() {
        ServerConfig config = heap(512).load();
        assertThat(config.limits().maxBytesInFlight()).isEqualTo(64 << 20);
        assertThat(config.limits().requestMaxBytes()).isEqualTo(8 << 20);
        assertThat(config.memory()).isEmpty();
    }

    @Test
    void limitThatWasSet_isObeyedAndOthersMakeSpaceForIt() {
        ServerConfig config =
                heap(64).set("limits.request-max-bytes", "20000000").load();
        assertThat(config.limits().requestMaxBytes()).isEqualTo(20_000_000);
        assertThat(config.limits().maxBytesInFlight()).isEqualTo(20_000_000);
    }
}

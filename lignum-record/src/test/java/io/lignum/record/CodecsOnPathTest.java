package io.lignum.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;

import net.jpountz.lz4.LZ4Factory;

import org.junit.jupiter.api.Test;

class CodecsOnPathTest {

    @Test
    void optionalCodecs_areInTheGraphOfTheTests() {
        byte[] bytes = new byte[1000];
        assertThat(Zstd.compress(bytes)).hasSizeLessThan(100);
        assertThat(LZ4Factory.safeInstance().fastCompressor().compress(bytes)).hasSizeLessThan(100);
        assertThat(ProducerStamp.class.getModule().isNamed()).isTrue();
    }
}

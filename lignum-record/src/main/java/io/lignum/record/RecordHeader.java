package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.Objects;

/**
 * A named value that travels with a record. The value's array is not copied; two headers are equal
 * when their keys and the contents of their values are. A key with an unpaired surrogate is refused
 * with an IllegalArgumentException.
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString go by content.
public record RecordHeader(String key, byte @Nullable [] value) {
    // Spelled out, because a compact one loses the annotation of its parameter in the class file.
    public RecordHeader(String key, byte @Nullable [] value) {
        this.key = Objects.requireNonNull(key, "key");
        Utf8.sizeOf(key);
        this.value = value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordHeader that
                && key.equals(that.key)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * key.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return key + "=" + (value == null ? "null" : value.length + " B");
    }
}

package io.lignum.cluster.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** R32: the same topics come of the same records, in whatever portions they are taken. */
final class CatalogStateTest {

    private static final long SEED = Long.getLong("lignum.seed", 20261126);

    private final CatalogState state = new CatalogState();

    private static UUID id(long number) {
        return new UUID(9, number);
    }

    private static MetadataRecord create(long id, String name) {
        return new MetadataRecord.Create(id(id), name, TopicConfig.DEFAULT);
    }

    @Test
    void secondCreateOfAName_isVoid_andSoIsAllThatFollowsOfIt() {
        state.apply(create(1, "t"), 1);
        state.apply(create(2, "t"), 1);
        state.apply(new MetadataRecord.Trim(id(2), 5), 1);
        state.apply(new MetadataRecord.Delete(id(2)), 1);
        assertThat(state.find(id(1))).isNotNull();
        assertThat(state.find(id(2))).isNull();
        assertThat(state.takeChanged()).containsExactly(id(1));
    }

    @Test
    void deletedAndCreatedAgain_isAnotherTopic_andTheOldOneGoesFirst() {
        state.apply(create(1, "t"), 1);
        assertThat(state.takeChanged()).containsExactly(id(1));
        state.apply(new MetadataRecord.Delete(id(1)), 1);
        state.apply(create(2, "t"), 1);
        state.apply(
                new MetadataRecord.Alter(id(1), TopicConfig.DEFAULT.withReplication(true, 0)), 1);
        assertThat(state.takeChanged()).containsExactly(id(1), id(2));
        assertThat(state.find(id(1))).isNull();
        assertThat(state.takeChanged()).isEmpty();
    }

    /**
     * What a node has done after taking the records in portions: the topics that are on its disk.
     */
    private static Map<UUID, CatalogState.Topic> carriedOut(
            List<MetadataRecord> records, Random random, int atMost) {
        CatalogState state = new CatalogState();
        Map<UUID, CatalogState.Topic> there = new HashMap<>();
        int portion = 0;
        for (MetadataRecord record : records) {
            state.apply(record, 1);
            if (--portion <= 0) {
                portion = 1 + random.nextInt(atMost);
                carryOut(state, there);
            }
        }
        carryOut(state, there);
        return there;
    }

    private static void carryOut(CatalogState state, Map<UUID, CatalogState.Topic> there) {
        for (UUID changed : state.takeChanged()) {
            CatalogState.Topic topic = state.find(changed);
            if (topic == null) {
                there.remove(changed);
                continue;
            }
            there.put(changed, topic);
            assertThat(there.values().stream().map(CatalogState.Topic::name))
                    .as("names, seed %d", SEED)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void anyPortions_giveTheSameTopics() {
        Random random = new Random(SEED);
        for (int round = 0; round < 200; round++) {
            List<MetadataRecord> records = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                UUID some = id(random.nextInt(12));
                records.add(
                        switch (random.nextInt(4)) {
                            case 0 ->
                                new MetadataRecord.Create(
                                        id(i), "t" + random.nextInt(4), TopicConfig.DEFAULT);
                            case 1 ->
                                new MetadataRecord.Alter(
                                        some,
                                        TopicConfig.DEFAULT.withSegmentMaxRecords(
                                                1 + random.nextInt(5)));
                            case 2 -> new MetadataRecord.Delete(some);
                            default -> new MetadataRecord.Trim(some, random.nextInt(100));
                        });
            }
            Map<UUID, CatalogState.Topic> oneByOne = carriedOut(records, random, 1);
            assertThat(carriedOut(records, random, 1 + random.nextInt(60)))
                    .as("seed %d", SEED)
                    .isEqualTo(oneByOne);
        }
    }
}

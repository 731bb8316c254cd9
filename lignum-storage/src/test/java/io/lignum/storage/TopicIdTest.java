package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.UUID;

/** Topics are found by their ids, which say more than names: a name can be used again. */
class TopicIdTest {

    private final Simulation simulation = new Simulation(3);

    @Test
    void topic_isFoundById_fromItsCreationToItsDeletion_alsoAfterAReopen() {
        LogStore store = simulation.open();
        UUID id = new UUID(0x1234, 0x5678);
        assertThat(store.findTopic(id)).isEmpty();
        TopicLog log = store.createTopic("t", TopicConfig.DEFAULT, id);
        TopicLog other = store.createTopic("u", TopicConfig.DEFAULT);
        assertThat(store.findTopic(id)).containsSame(log);
        assertThat(store.findTopic(other.id())).containsSame(other);
        simulation.close(store);
        store = simulation.open();
        assertThat(store.findTopic(id)).containsSame(store.topic("t"));
        simulation.run(store.deleteTopicAsync("t"));
        assertThat(store.findTopic(id)).isEmpty();
        TopicLog again = store.createTopic("t", TopicConfig.DEFAULT);
        assertThat(again.id()).isNotEqualTo(id);
        assertThat(store.findTopic(again.id())).containsSame(again);
        simulation.close(store);
    }

    @Test
    void topicThatIsRefused_isNotFound() {
        LogStore store = simulation.open();
        store.createTopic("t", TopicConfig.DEFAULT);
        UUID id = new UUID(1, 1);
        assertThatThrownBy(() -> store.createTopic("t", TopicConfig.DEFAULT, id))
                .isInstanceOf(StorageException.TopicExists.class);
        assertThat(store.findTopic(id)).isEmpty();
    }
}

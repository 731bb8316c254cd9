package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.Topic;
import io.lignum.api.TopicDescription;
import io.lignum.api.TopicSettings;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

class TopicCallsTest {

    @TempDir
    private Path directory;

    private GrpcNode node;

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void settingsGiven_areKeptAndTheOthersHaveTheirDefaults() {
        TopicDescription created = create(
                "t",
                TopicSettings.newBuilder()
                        .setDurability(TopicSettings.Durability.OS)
                        .setSegmentMaxRecords(123)
                        .setRetentionMs(60_000)
                        .build());

        TopicDescription described = describe("t");
        assertThat(described).isEqualTo(created);
        TopicSettings settings = described.getTopic().getSettings();
        assertThat(settings.getDurability()).isEqualTo(TopicSettings.Durability.OS);
        assertThat(settings.getSegmentMaxRecords()).isEqualTo(123);
        assertThat(settings.getRetentionMs()).isEqualTo(60_000);
        assertThat(settings.getRetentionBytes()).isZero();
        assertThat(settings.getSegmentMaxBytes()).isPositive();
        assertThat(settings.getSegmentMaxAgeMs()).isPositive();
        assertThat(described.getId()).isNotEmpty();
    }

    @Test
    void alter_changesWhatIsPresentAndNothingElse() {
        TopicSettings before = create(
                        "t",
                        TopicSettings.newBuilder().setRetentionBytes(1 << 30).build())
                .getTopic()
                .getSettings();

        TopicDescription altered = node.log()
                .alterTopic(AlterTopicRequest.newBuilder()
                        .setTopic("t")
                        .setQuorumCount(3)
                        .setSettings(TopicSettings.newBuilder()
                                .setRetentionBytes(0)
                                .setSegmentMaxRecords(77))
                        .build());

        assertThat(altered.getTopic().getQorumCount()).isEqualTo(3);
        assertThat(altered.getTopic().getSettings())
                .isEqualTo(before.toBuilder()
                        .setRetentionBytes(0)
                        .setSegmentMaxRecords(77)
                        .build());
        assertThat(describe("t")).isEqualTo(altered);
    }

    @Test
    void description_followsTheLog() {
        node.log().append(Batches.messages("t", "a", "b", "c"));

        TopicDescription described = describe("t");

        assertThat(described.getTopic().getCount()).isEqualTo(3);
        assertThat(described.getLogStart()).isZero();
        assertThat(described.getLogEnd()).isEqualTo(3);
        assertThat(described.getWritten()).isEqualTo(3);
        assertThat(described.getSizeBytes()).isPositive();
        assertThat(described.getSegmentCount()).isPositive();
    }

    @Test
    void deletedTopic_isUnknownAndItsNameIsFree() {
        TopicDescription first = create("t", TopicSettings.getDefaultInstance());
        node.log().append(Batches.messages("t", "x"));

        node.log().deleteTopic(DeleteTopicRequest.newBuilder().setTopic("t").build());

        assertStatus(Status.Code.NOT_FOUND, () -> describe("t"));
        TopicDescription second = create("t", TopicSettings.getDefaultInstance());
        assertThat(second.getId()).isNotEqualTo(first.getId());
        assertThat(second.getLogEnd()).isZero();
    }

    @Test
    void list_comesInPages() {
        for (String name : new String[] {"c", "a", "d", "b", "e"}) {
            create(name, TopicSettings.getDefaultInstance());
        }

        ListTopicsResponse first = node.log()
                .listTopics(ListTopicsRequest.newBuilder().setPageSize(3).build());
        ListTopicsResponse second = node.log()
                .listTopics(ListTopicsRequest.newBuilder()
                        .setPageSize(3)
                        .setAfter("c")
                        .build());

        assertThat(first.getTopicList())
                .extracting(topic -> topic.getTopic().getName())
                .containsExactly("a", "b", "c");
        assertThat(first.getMore()).isTrue();
        assertThat(second.getTopicList())
                .extracting(topic -> topic.getTopic().getName())
                .containsExactly("d", "e");
        assertThat(second.getMore()).isFalse();
    }

    @Test
    void nonsense_isRefused() {
        create("t", TopicSettings.getDefaultInstance());
        assertStatus(
                Status.Code.ALREADY_EXISTS, () -> create("t", TopicSettings.getDefaultInstance()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> create("a/b", TopicSettings.getDefaultInstance()));
        assertStatus(Status.Code.NOT_FOUND, () -> describe("unknown"));
        assertStatus(
                Status.Code.NOT_FOUND,
                () -> node.log()
                        .deleteTopic(DeleteTopicRequest.newBuilder()
                                .setTopic("unknown")
                                .build()));
        assertStatus(
                Status.Code.NOT_FOUND,
                () -> node.log()
                        .alterTopic(AlterTopicRequest.newBuilder()
                                .setTopic("unknown")
                                .build()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> create(
                        "u", TopicSettings.newBuilder().setSegmentMaxRecords(0).build()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> create(
                        "u", TopicSettings.newBuilder().setRetentionBytes(-1).build()));
        assertStatus(
                Status.Code.INVALID_ARGUMENT,
                () -> create(
                        "u", TopicSettings.newBuilder().setDurabilityValue(99).build()));
        assertStatus(Status.Code.NOT_FOUND, () -> describe("u"));
    }

    private TopicDescription create(String name, TopicSettings settings) {
        return node.log()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName(name).setSettings(settings))
                        .build());
    }

    private TopicDescription describe(String name) {
        return node.log()
                .describeTopic(DescribeTopicRequest.newBuilder().setTopic(name).build());
    }

    private static void assertStatus(Status.Code code, ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(code);
        assertThat(CollectedAnswers.detailsOf(error).getOutcome())
                .isEqualTo(io.lignum.api.ErrorDetail.Outcome.NOT_APPLIED);
    }
}

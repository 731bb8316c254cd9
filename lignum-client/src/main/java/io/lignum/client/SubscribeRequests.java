package io.lignum.client;

import io.lignum.api.ReadFormat;
import io.lignum.api.SubscribeRequest;

import java.util.OptionalLong;

/** What a consumer asks the node for. */
final class SubscribeRequests {

    private SubscribeRequests() {}

    /**
     * The request.
     *
     * @param next where to go on, once that is known; before, the settings say where to start
     */
    static SubscribeRequest of(ConsumerSettings settings, OptionalLong next, int answerBytes) {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTopic(settings.topic())
                .setFormat(ReadFormat.RAW_BATCHES)
                .setMaxBytes(answerBytes)
                .setSkipTrimmed(settings.skipTrimmed());
        settings.toOffset().ifPresent(request::setTo);
        if (next.isPresent()) {
            return request.setOffset(next.getAsLong()).build();
        }
        Start start = settings.start();
        switch (start.kind()) {
            case BEGINNING -> request.setBeginning(true);
            case END -> request.setEnd(true);
            case OFFSET, RESUME -> request.setOffset(start.number());
            case TIME -> request.setTimestamp(start.number());
        }
        return request.build();
    }
}

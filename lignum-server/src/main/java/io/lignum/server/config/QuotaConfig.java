package io.lignum.server.config;

import java.util.OptionalLong;

/**
 * How much each principal may send and receive at this node.
 *
 * @param produceBytes of messages in a second; empty: any number
 * @param fetchBytes of messages in a second; empty: any number
 */
public record QuotaConfig(OptionalLong produceBytes, OptionalLong fetchBytes) {

    /** Without bounds. */
    public static final QuotaConfig NONE =
            new QuotaConfig(OptionalLong.empty(), OptionalLong.empty());
}

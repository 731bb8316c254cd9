package io.lignum.server.service;

import io.lignum.server.config.Limits;

/** What all sessions of a node share. */
record SessionParts(
        NodeState state,
        Limits limits,
        ServiceListener listener,
        CallErrors errors,
        RequestFailures failures,
        TopicRequests topics,
        AppendService producer,
        ReadService reader,
        Waiters waiters,
        ReadDemandWaits demands,
        Admission admission,
        SecurityLog security,
        Rechecks rechecks,
        Quotas quotas,
        MissingGrants missing) {}

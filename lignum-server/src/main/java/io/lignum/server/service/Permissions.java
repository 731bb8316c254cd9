package io.lignum.server.service;

import io.lignum.access.Action;
import io.lignum.access.Resource;
import io.lignum.server.access.AccessControl;
import io.lignum.server.access.Refusal;
import io.lignum.server.access.Requester;
import io.lignum.server.audit.AuditLog;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What one requester may do, as exceptions. Any thread; does not block. */
final class Permissions {

    private static final int MAX_TOPIC_CHARS = 249;

    private final AccessControl access;
    private final AuditLog audit;
    private final RequestFailures failures;
    private final Requester requester;

    Permissions(
            AccessControl access, AuditLog audit, RequestFailures failures, Requester requester) {
        this.access = access;
        this.audit = audit;
        this.failures = failures;
        this.requester = requester;
    }

    Requester requester() {
        return requester;
    }

    AccessControl access() {
        return access;
    }

    /** @throws ServiceException the requester may not do this */
    void require(Action action, Resource resource) {
        Optional<Refusal> refusal = access.check(requester, action, resource);
        if (refusal.isPresent()) {
            throw ServiceException.refused(refusal.get());
        }
    }

    /** @throws ServiceException the requester may not do this, or no topic can have this name */
    void requireTopic(Action action, String topic) {
        if (topic.length() > MAX_TOPIC_CHARS) {
            TopicNames.check(topic); // What is decided is remembered, and a name may be huge.
        }
        require(action, Resource.topic(topic));
    }

    /** @throws ServiceException the requester's login is over */
    void requireLogin() {
        Optional<Refusal> refusal = access.checkLogin(requester);
        if (refusal.isPresent()) {
            throw ServiceException.refused(refusal.get());
        }
    }

    /** Whether a list may contain this. */
    boolean sees(Resource resource) {
        return access.sees(requester, resource);
    }

    /**
     * Writes the outcome of a change to the audit log, where refusals are already. Returns the same
     * future.
     */
    <T> CompletableFuture<T> audited(
            String operation, String resource, CompletableFuture<T> change) {
        failures.whenDone(change, (done, error) -> {
            ErrorCode code = error == null ? null : ServiceException.of(error).code();
            if (code != ErrorCode.ACCESS_DENIED && code != ErrorCode.NOT_AUTHENTICATED) {
                changed(operation, resource, code == null ? "done" : code.name());
            }
        });
        return change;
    }

    /** Writes a change to the audit log. */
    void changed(String operation, String resource, String outcome) {
        audit.changed(requester, operation, resource, outcome);
    }
}

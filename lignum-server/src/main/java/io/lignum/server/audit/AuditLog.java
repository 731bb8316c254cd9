package io.lignum.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.access.Action;
import io.lignum.access.Resource;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Requester;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The audit log: one line of JSON for each event, under the logger {@value #LOGGER}, so that a
 * logging configuration can send it elsewhere. Equal refusals, and logins that succeed, are written
 * once and then counted, so that neither a probe nor an attack fills the disk. Any thread.
 */
public final class AuditLog {

    /** The name of the logger. */
    public static final String LOGGER = "io.lignum.audit";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final JsonFactory JSON = new JsonFactory();

    /** Text of callers is cut, in characters. */
    private static final int MAX_TEXT = 300;

    private static final Duration REFUSALS = Duration.ofMinutes(1);
    private static final Duration LOGINS = Duration.ofHours(1);

    private final boolean isOn;
    private final String node;
    private final InstantSource clock;
    private final RepeatedEvents refusals;
    private final RecentLogins logins;

    /**
     * @param isOn false: nothing is written
     * @param node the name of the node, for logs that are collected in one place
     */
    public AuditLog(boolean isOn, String node, InstantSource clock, LongSupplier nanoClock) {
        this.isOn = isOn;
        this.node = node;
        this.clock = clock;
        this.refusals = new RepeatedEvents(REFUSALS, nanoClock);
        this.logins = new RecentLogins(LOGINS, nanoClock);
    }

    /** The node starts to serve calls. */
    public void started(String securityMode) {
        if (isOn) {
            Map<String, String> event = event("start");
            event.put("security_mode", securityMode);
            write(event);
        }
    }

    /** A caller logged in. Written once an hour for each principal and address. */
    public void loggedIn(Requester requester) {
        if (isOn && logins.isFirst(requester)) {
            Map<String, String> event = event("login");
            putRequester(event, requester);
            event.put("method", requester.identity().method().name().toLowerCase(Locale.ROOT));
            write(event);
        }
    }

    /** A caller showed credentials that were not accepted. Each one is written. */
    public void loginFailed(Caller caller, String credentials, String why) {
        if (isOn) {
            Map<String, String> event = event("login-failed");
            event.put("address", caller.shown());
            event.put("credentials", credentials);
            event.put("why", why);
            write(event);
        }
    }

    /**
     * A call was refused for want of a grant, or would be in mode on.
     *
     * @param enforced whether it was refused
     */
    public void denied(Requester requester, Action action, Resource resource, boolean enforced) {
        if (!isOn) {
            return;
        }
        String kind = enforced ? "denied" : "would-deny";
        long count = refusals.count(kind + " " + requester.identity().principal() + " "
                + requester.address() + " " + action + " " + resource);
        if (count > 0) {
            Map<String, String> event = event(kind);
            putRequester(event, requester);
            event.put("action", action.text());
            event.put("resource", resource.shown());
            event.put("count", Long.toString(count));
            write(event);
        }
    }

    /**
     * A change by a caller.
     *
     * @param operation such as {@code create-topic}
     * @param resource what was changed
     * @param outcome {@code done}, or the code of the error
     */
    public void changed(Requester requester, String operation, String resource, String outcome) {
        if (isOn) {
            Map<String, String> event = event(operation);
            putRequester(event, requester);
            event.put("resource", resource);
            event.put("outcome", outcome);
            write(event);
        }
    }

    private Map<String, String> event(String name) {
        Map<String, String> event = new LinkedHashMap<>();
        event.put("time", clock.instant().toString());
        event.put("node", node);
        event.put("event", name);
        return event;
    }

    private static void putRequester(Map<String, String> event, Requester requester) {
        event.put("principal", requester.identity().principal().toString());
        event.put("address", requester.address());
    }

    private static String shortened(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
    }

    private void write(Map<String, String> event) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            for (Map.Entry<String, String> field : event.entrySet()) {
                json.writeStringField(field.getKey(), shortened(field.getValue()));
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        LOG.info("{}", line);
    }
}

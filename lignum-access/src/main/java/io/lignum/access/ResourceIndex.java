package io.lignum.access;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Finds what one principal may do on a resource of one type, by the resource's name. The actions
 * are computed once for each name and each prefix in the rules. A look-up then takes a hash look-up
 * for the name, and a binary search for the longest prefix. Immutable; any thread.
 *
 * <p>Prefixes are sorted, so those between the longest prefix of a name and the name itself all
 * begin with that prefix. It is therefore found from the last prefix up to the name, by going to
 * the next shorter prefix until one matches. The empty prefix is the first and matches all names.
 */
final class ResourceIndex {

    /** Each of these implies DESCRIBE, so that who may read a topic also finds it. */
    private static final int IMPLY_DESCRIBE =
            Action.READ.bit() | Action.WRITE.bit() | Action.ALTER.bit() | Action.DELETE.bit();

    private final String[] prefixes;
    /** By prefix: the index of the next shorter one; of the empty prefix: its own index. */
    private final int[] shorter;

    /** By prefix: the actions on names for which it is the longest. */
    private final int[] actions;

    private final Map<String, Integer> names = new HashMap<>();

    /**
     * What rules say about a name or a prefix.
     *
     * @param allowed bits of actions
     * @param denied bits of actions
     */
    private record Verdict(int allowed, int denied) {
        Verdict with(Verdict other) {
            return new Verdict(allowed | other.allowed, denied | other.denied);
        }

        int actions() {
            int granted = allowed & ~denied;
            boolean describes = (granted & IMPLY_DESCRIBE) != 0;
            return describes ? granted | (Action.DESCRIBE.bit() & ~denied) : granted;
        }
    }

    /**
     * Builds the index.
     *
     * @param rules for resources of one type
     * @param everywhere bits of actions that are allowed on all resources unless a rule denies them
     */
    ResourceIndex(List<PrincipalRules.Rule> rules, int everywhere) {
        Map<String, Verdict> byName = new HashMap<>();
        Map<String, Verdict> byPrefix = new TreeMap<>();
        byPrefix.put("", new Verdict(everywhere, 0));
        for (PrincipalRules.Rule rule : rules) {
            Verdict verdict = rule.isAllowed()
                    ? new Verdict(rule.actions(), 0)
                    : new Verdict(0, rule.actions());
            (rule.resources().isPrefix() ? byPrefix : byName)
                    .merge(rule.resources().name(), verdict, Verdict::with);
        }
        prefixes = byPrefix.keySet().toArray(String[]::new);
        shorter = new int[prefixes.length];
        actions = new int[prefixes.length];
        Verdict[] verdicts = byPrefix.values().toArray(Verdict[]::new);
        for (int i = 0; i < prefixes.length; i++) {
            if (i > 0) {
                shorter[i] = longestFrom(i - 1, prefixes[i]);
                verdicts[i] = verdicts[i].with(verdicts[shorter[i]]);
            }
            actions[i] = verdicts[i].actions();
        }
        byName.forEach((name, verdict) ->
                names.put(name, verdict.with(verdicts[longest(name)]).actions()));
    }

    /** Returns the bits of the allowed actions. */
    int actionsOn(String name) {
        Integer known = names.get(name);
        return known != null ? known : actions[longest(name)];
    }

    private int longest(String name) {
        int found = Arrays.binarySearch(prefixes, name);
        return longestFrom(found >= 0 ? found : -found - 2, name);
    }

    private int longestFrom(int last, String name) {
        int index = last;
        while (!name.startsWith(prefixes[index])) {
            index = shorter[index];
        }
        return index;
    }
}

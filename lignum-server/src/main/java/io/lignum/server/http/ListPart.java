package io.lignum.server.http;

import io.lignum.server.service.ServiceException;

import java.util.List;
import java.util.OptionalInt;

/**
 * The part of a list that a request asks for.
 *
 * @param from the index of the first element, from 0
 * @param limit the number of elements, from 1 to {@link #MAX_LIMIT}
 */
record ListPart(int from, int limit) {

    static final int MAX_LIMIT = 1_000;

    /** @throws ServiceException the query's {@code from} or {@code limit} is no such number */
    static ListPart of(Query query) {
        int limit = query.bound("limit", MAX_LIMIT);
        if (limit < 1 || limit > MAX_LIMIT) {
            throw ServiceException.invalid("limit", "limit must be from 1 to " + MAX_LIMIT);
        }
        return new ListPart(query.bound("from", 0), limit);
    }

    <T> List<T> of(List<T> all) {
        int begin = Math.min(from, all.size());
        return all.subList(begin, begin + Math.min(limit, all.size() - begin));
    }

    /** The {@code from} of the next part; empty: the list ends here. */
    OptionalInt next(int size) {
        return size - Math.min(from, size) > limit
                ? OptionalInt.of(from + limit)
                : OptionalInt.empty();
    }
}

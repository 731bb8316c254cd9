package io.lignum.bench.counts;

import java.util.Arrays;
import java.util.List;

/** The system calls that a small append consists of, in the order of the table. */
enum SystemCallKind {
    FUTEX("futex", "futex"),
    EPOLL_WAIT("epoll waits", "epoll_wait epoll_pwait epoll_pwait2"),
    READ("read, recvfrom", "read readv recvfrom recvmsg"),
    WRITE("write (to an eventfd)", "write"),
    SEND("writev, sendmsg, sendto", "writev sendmsg sendmmsg sendto"),
    PREAD("pread64", "pread64 preadv preadv2"),
    PWRITE("pwrite64", "pwrite64 pwritev pwritev2"),
    FORCE("fdatasync", "fdatasync fsync");

    private final String title;

    /** Separated by spaces. */
    private final String names;

    SystemCallKind(String title, String names) {
        this.title = title;
        this.names = names;
    }

    String title() {
        return title;
    }

    /** The names of the kernel. */
    List<String> names() {
        return List.of(names.split(" ", -1));
    }

    /** The names of all kinds, sorted. */
    static List<String> allNames() {
        return Arrays.stream(values())
                .flatMap(kind -> kind.names().stream())
                .sorted()
                .toList();
    }
}

package io.lignum.storage.sim;

import org.jspecify.annotations.Nullable;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Names: as processes see them, as the disk has them for sure, and the changes between the two.
 *
 * <p>A power cut keeps either the changes up to some point, as a journal does, or any of them that
 * do not depend on one that was lost: the engine must not count on the journal's order.
 */
final class SimulatedTree {

    static final class Directory {
        private final TreeMap<String, Object> seen = new TreeMap<>();
        private final TreeMap<String, Object> durable = new TreeMap<>();

        List<String> names() {
            return List.copyOf(seen.keySet());
        }
    }

    /** {@code directory} has {@code node} under {@code name}, or nothing. */
    private record Slot(
            Directory directory, String name, @Nullable Object node) {
        Place place() {
            return new Place(System.identityHashCode(directory), directory, name);
        }

        void setSeen() {
            set(directory.seen);
        }

        void setDurable() {
            set(directory.durable);
        }

        private void set(TreeMap<String, Object> names) {
            if (node == null) {
                names.remove(name);
            } else {
                names.put(name, node);
            }
        }
    }

    private record Place(int hash, Directory directory, String name) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Place that
                    && directory == that.directory
                    && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return hash * 31 + name.hashCode();
        }
    }

    /** Slots that change together: a rename is never half done. */
    private record Change(List<Slot> slots) {
        boolean touches(Directory directory) {
            return slots.stream().anyMatch(slot -> slot.directory == directory);
        }

        boolean touches(Set<Place> places) {
            return slots.stream().anyMatch(slot -> places.contains(slot.place()));
        }

        void addTo(Set<Place> places) {
            slots.forEach(slot -> places.add(slot.place()));
        }
    }

    private final Directory root = new Directory();
    private final List<Change> unforced = new ArrayList<>();

    @Nullable
    Object find(Path path) {
        Object node = root;
        for (Path name : path.toAbsolutePath().normalize()) {
            if (!(node instanceof Directory directory)) {
                return null;
            }
            node = directory.seen.get(name.toString());
        }
        return node;
    }

    Directory directory(Path path) throws NoSuchFileException {
        if (find(path) instanceof Directory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static Path parent(Path path) {
        Path parent = path.toAbsolutePath().normalize().getParent();
        return parent == null ? path : parent;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    void set(Path path, @Nullable Object node) throws NoSuchFileException {
        change(new Change(List.of(new Slot(directory(parent(path)), name(path), node))));
    }

    void rename(Path from, Path to) throws NoSuchFileException {
        Object node = find(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        change(new Change(List.of(
                new Slot(directory(parent(from)), name(from), null),
                new Slot(directory(parent(to)), name(to), node))));
    }

    private void change(Change change) {
        change.slots.forEach(Slot::setSeen);
        unforced.add(change);
    }

    /** Makes the names in a directory durable, and what those changes depend on. */
    void force(Directory directory) {
        List<Change> needed = new ArrayList<>();
        Set<Place> places = new LinkedHashSet<>();
        for (int i = unforced.size() - 1; i >= 0; i--) {
            Change change = unforced.get(i);
            if (change.touches(directory) || change.touches(places)) {
                change.addTo(places);
                needed.add(0, change);
                unforced.remove(i);
            }
        }
        needed.forEach(change -> change.slots.forEach(Slot::setDurable));
    }

    void forceAll() {
        unforced.forEach(change -> change.slots.forEach(Slot::setDurable));
        unforced.clear();
    }

    int unforced() {
        return unforced.size();
    }

    /** @param chosen bit i says whether the i-th oldest change survives; empty: by chance */
    void crash(RandomGenerator random, OptionalLong chosen) {
        boolean inOrder = random.nextBoolean();
        int upTo = random.nextInt(unforced.size() + 1);
        double kept = new double[] {0.2, 0.5, 0.8}[random.nextInt(3)];
        Set<Place> lost = new LinkedHashSet<>();
        int i = 0;
        for (Iterator<Change> changes = unforced.iterator(); changes.hasNext(); i++) {
            Change change = changes.next();
            boolean survives;
            if (chosen.isPresent()) {
                survives = (chosen.getAsLong() >> Math.min(i, Long.SIZE - 1) & 1) == 1;
            } else {
                survives = inOrder ? i < upTo : random.nextDouble() < kept;
            }
            if (survives && !change.touches(lost)) {
                change.slots.forEach(Slot::setDurable);
            } else {
                change.addTo(lost);
            }
        }
        unforced.clear();
        forget(root);
        eachFile(root, inode -> inode.crash(random));
    }

    private static void forget(Directory directory) {
        directory.seen.clear();
        directory.seen.putAll(directory.durable);
        for (Object node : directory.seen.values()) {
            if (node instanceof Directory child) {
                forget(child);
            }
        }
    }

    void eachFile(Consumer<SimulatedInode> what) {
        eachFile(root, what);
    }

    private static void eachFile(Directory directory, Consumer<SimulatedInode> what) {
        for (Object node : directory.seen.values()) {
            if (node instanceof SimulatedInode inode) {
                what.accept(inode);
            } else if (node instanceof Directory child) {
                eachFile(child, what);
            }
        }
    }
}

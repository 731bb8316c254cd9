package io.lignum.storage.env;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs into each shortage, in a process that was started with small limits, and says what it was
 * called.
 */
final class ShortageProcess {

    private static final String OPENED = "opened";

    private ShortageProcess() {}

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        NioDisk disk = new NioDisk();
        if (args.length > 1) { // The test makes this one creation fail.
            System.out.println(disk(disk, directory.resolve(args[1])));
            return;
        }
        List<String> said = new ArrayList<>();
        said.add("full device: " + fullDevice(disk));
        said.add("growth refused: " + growthRefused(disk, directory.resolve("growing")));
        said.add("no handle: " + noHandle(disk, directory.resolve("other")));
        disk.open(directory.resolve("other"), OpenMode.WRITE).close();
        said.add("and then: " + OPENED);
        said.forEach(System.out::println);
    }

    private static String fullDevice(NioDisk disk) throws IOException {
        try (DiskFile full = disk.open(Path.of("/dev/full"), OpenMode.UPDATE)) {
            return name(DiskErrorsTest.failureOf(() -> full.write(ByteBuffer.allocate(10), 0)));
        }
    }

    /**
     * The limit of a file's size refuses growth as a quota does, with a text that no code has
     * listed.
     */
    private static String growthRefused(NioDisk disk, Path path) throws IOException {
        try (DiskFile file = disk.open(path, OpenMode.WRITE)) {
            file.write(ByteBuffer.allocate(1000), 0);
            return name(
                    DiskErrorsTest.failureOf(() -> file.write(ByteBuffer.allocate(100_000), 1000)));
        }
    }

    /**
     * The JVM opens files of its own now and then, such as those of its control group. A handle
     * that it gives back after the last one was taken here is taken as well.
     */
    private static String noHandle(NioDisk disk, Path path) throws IOException {
        List<FileInputStream> all = new ArrayList<>();
        try {
            while (all.size() < 10_000) {
                if (!takesOne(all)) {
                    String said = disk(disk, path);
                    if (!said.equals(OPENED)) {
                        return said;
                    }
                }
            }
            return "there is no limit";
        } finally {
            for (FileInputStream one : all) {
                one.close();
            }
        }
    }

    private static boolean takesOne(List<FileInputStream> all) {
        try {
            all.add(new FileInputStream("/dev/null"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String name(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static String disk(NioDisk disk, Path path) {
        try {
            disk.open(path, OpenMode.WRITE).close();
            return OPENED;
        } catch (FileSystemException e) {
            return "not recognised: " + e;
        } catch (IOException e) {
            return name(e);
        }
    }
}

package io.lignum.cluster;

import org.junit.jupiter.api.Test;

/**
 * The simulation finds what stays wrong after a fault that passed, and what an operator must not be let do: bugs that
 * Lignum once had are planted again, and must be found within so many seeds.
 */
final class PassingFaultControlsTest {

    private static final String CLUSTER = "lignum-cluster";
    private static final String STORAGE = "lignum-storage";

    /** R38. */
    @Test
    void recoverWithoutAllAnswers_isFoundWithin300Seeds() throws Exception {
        new Mutant()
                .change(
                        CLUSTER,
                        "io.lignum.cluster.RecoveryCheck",
                        "if (!unanswered().isEmpty()) {",
                        "if (!known.isKnown()) {")
                .change(
                        CLUSTER,
                        "io.lignum.cluster.RecoveryCheck",
                        "if (!known.inSync().contains(self.self())) {",
                        "if (known.inSync().isEmpty()) {")
                .assertFoundWithin(300, "(?s).*(V5|V9|V12|goes on).*");
    }

    /** R40. */
    @Test
    void missingIndexTakenForDamage_isFoundWithin100Seeds() throws Exception {
        new Mutant()
                .change(STORAGE, "io.lignum.storage.SegmentIndexes", """
                                } catch (NoSuchFileException e) {
                                    return Optional.empty();
                                } catch (IOException e) {
                        """, """
                                } catch (NoSuchFileException e) {
                                    throw new StorageException.CorruptLog(
                                            segment.path(), 0, "the index is missing");
                                } catch (IOException e) {
                        """)
                .assertFoundWithin(100, "(?s).*R40.*");
    }
}

package org.selfsup4j.core.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What came of a run. The task's networks hold the trained weights; the folder holds them too.
 *
 * @param folder of the run
 * @param steps of the whole run
 * @param loss of the last step
 * @param measures that the task logged at the last step
 * @param seconds that the run trained, with those of stopped processes up to their last checkpoint
 * @param unreadable names of the items that could not be read and were replaced
 */
public record Pretrained(
    Path folder,
    long steps,
    double loss,
    Map<String, Double> measures,
    double seconds,
    List<String> unreadable) {}

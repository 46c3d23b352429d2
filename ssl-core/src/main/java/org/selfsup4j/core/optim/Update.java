package org.selfsup4j.core.optim;

import java.util.List;
import org.selfsup4j.core.kernel.Kernels;
import org.selfsup4j.core.memory.Block;

/**
 * One run of parameters of one group and its share of a step.
 *
 * @param parameter [n]
 * @param gradient [n]
 * @param moments what the optimizer remembers, [n] each
 * @param rate learning rate of the step, the group's factor included
 * @param decays whether weight decay applies to the group
 * @param vectors whether the parameters have one axis (biases, norms) or none
 * @param step counted from 1
 * @param kernels to compute with
 */
public record Update(
    Block parameter,
    Block gradient,
    List<Block> moments,
    double rate,
    boolean decays,
    boolean vectors,
    long step,
    Kernels kernels) {}

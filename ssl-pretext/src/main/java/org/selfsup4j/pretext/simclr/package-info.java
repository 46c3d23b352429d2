/**
 * SimCLR: Chen, Kornblith, Norouzi and Hinton 2020, "A simple framework for contrastive learning of
 * visual representations".
 *
 * <p>With {@code z = g(f(x))} of two views of each of N images, {@code s} the cosine of two of
 * them, and views i and j of one image, the loss is the mean over all 2N views of
 *
 * <pre>
 *   l(i, j) = -log(exp(s(z_i, z_j) / T) / sum over k other than i of exp(s(z_i, z_k) / T))     (1)
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.simclr.NtXent} is that loss, {@link
 * org.selfsup4j.pretext.simclr.SimClr} the task. The plan that belongs to it (section 2.3, "default
 * setting"): LARS, rate .3 for a batch of 256, decay 1e-6, ten epochs of warm-up and a cosine;
 * batches of 4,096. A view (appendix A) is a crop of .08 to 1 of the area, flipped at random, with
 * jittered colors, gray at random, blurred at random.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>The projector's layers have biases and no batch norm; the authors' code has norms.
 *   <li>The other views of a batch are those of one machine, and its batch norms see all of them,
 *       so there is nothing to synchronise (section 2.2, "global BN").
 *   <li>The small preset is not of the paper, whose temperature for CIFAR-10 is .5 (appendix B.9).
 * </ul>
 */
package org.selfsup4j.pretext.simclr;

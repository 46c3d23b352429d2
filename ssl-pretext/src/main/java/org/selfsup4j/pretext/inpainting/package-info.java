/**
 * The context encoder: Pathak, Kraehenbuehl, Donahue, Darrell and Efros 2016, "Context encoders:
 * feature learning by inpainting" (arXiv 1604.07379). A part of the image is taken away; an encoder
 * sees the rest, and a decoder guesses the part.
 *
 * <p>With an image x, the mask M that is 1 where it is hidden, F encoder and decoder, D the
 * discriminator:
 *
 * <pre>
 *   L_rec = |M (x - F((1 - M) x))|^2                                                   (1)
 *   L_adv = max over D of mean log D(x) + log(1 - D(F((1 - M) x)))                     (2)
 *   L = lambda_rec L_rec + lambda_adv L_adv,   .999 and .001                           (3)
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.inpainting.ContextEncoder} is the task. In the paper's order: of
 * section 3.1 {@link org.selfsup4j.pretext.inpainting.ChannelwiseFullyConnected} and {@link
 * org.selfsup4j.pretext.inpainting.Decoder}; of section 3.2 {@link
 * org.selfsup4j.pretext.inpainting.Reconstruction#error}, whose weight of 10 where the guess
 * overlaps what is seen is of section 5.1, and {@link
 * org.selfsup4j.pretext.inpainting.Discriminator}, which sees no context; of section 3.3 {@link
 * org.selfsup4j.pretext.inpainting.Region}.
 *
 * <p>The plan that belongs to it: Adam (section 4), ten times the discriminator's rate for encoder
 * and decoder (section 5.1); betas of .5 and .999 and the rates 2e-3 and 2e-4 are the authors'
 * code's, {@code withOptimizerOf("discriminator", ...)}.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>The encoder is any that gives maps, and its last maps go to the decoder as they are; the
 *       paper uses AlexNet up to pool5 for features, and for pictures a network of five strided
 *       convolutions to a vector of 4,000 numbers, which is neither needed nor built here. The
 *       number of the decoder's layers follows from the size of the maps and of what is guessed.
 *   <li>The discriminator and the decoder are those of the authors' code for pictures (DCGAN's: 4x4
 *       windows with stride 2, batch norm, weights from a normal distribution of deviation .02),
 *       for any size; batch norm's gamma starts at 1 where that code draws it around 1. That code
 *       sets the convolutions' biases to 0 before each step; here they are trained.
 *   <li>The decoder ends without tanh: the target is the normalised image, whose range is open.
 *   <li>The encoder and decoder minimise {@code -log D(guess)}, not {@code log(1 - D(guess))} as
 *       equation 2 says: so does the authors' code, since the former has a gradient when the
 *       discriminator is sure (Goodfellow et al. 2014, section 3). D judges the guess anew after
 *       its own step, where that code takes its judgement from before.
 *   <li>Of random blocks and regions only what is hidden and the border around it counts in the
 *       loss, as equation 1 says; the authors' code for regions counts all that is seen ten times.
 *       What the discriminator is shown is therefore the image with the guess put in, where paper
 *       (section 3.2) and code show the whole output. Both agree for the centre.
 *   <li>Random regions are thresholded smooth noise, drawn anew for each image and of exactly a
 *       quarter of it: the authors' code does nearly so (one pattern for a batch, 20% to 30%); the
 *       paper takes deformed outlines of PASCAL VOC's objects.
 *   <li>The mean that fills what is hidden is the 0 of the normalised image, of each data set its
 *       own, not always ImageNet's.
 *   <li>The encoder's forward pass runs in both turns, where the authors' code keeps the first for
 *       the second: the discriminator's turn needs the guess, without gradients. It costs the time
 *       of one forward pass and moves the running statistics of batch norms twice a step.
 *   <li>The paper trains features (section 5.2) without the adversary, because AlexNet diverged
 *       with it; here that is {@code withoutAdversary()}.
 *   <li>The small preset is for small images; it is not of the paper.
 * </ul>
 */
package org.selfsup4j.pretext.inpainting;

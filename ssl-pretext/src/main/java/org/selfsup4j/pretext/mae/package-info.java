/**
 * Masked autoencoders: He, Chen, Xie, Li, Dollar and Girshick 2022, "Masked autoencoders are
 * scalable vision learners".
 *
 * <p>Of an image's T patches K are visible, chosen at random; the encoder sees these alone, with
 * their positions. A small decoder sees its tokens and one learned token at the place of each
 * masked patch, and guesses the pixels. The loss is
 *
 * <pre>
 *   mean over masked patches p and their numbers i of (guess_pi - target_pi)^2
 *   target_p = (x_p - mean(x_p)) / sqrt(var(x_p) + 1e-6)           "pixel (w/ norm)", table 1d
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.mae.MaskedAutoencoder} is the task, {@link
 * org.selfsup4j.pretext.mae.Decoder} what is thrown away afterwards. The plan that belongs to it
 * (appendix A.1): AdamW with betas .9 and .95, rate 1.5e-4 for a batch of 256, decay .05, 40 epochs
 * of warm-up and a cosine; batches of 4,096, and crops and flips as the only augmentation.
 *
 * <p>What is done in another way with the same result: only visible patches are embedded and only
 * masked ones decoded, where the authors' code embeds and decodes all and leaves some out; the
 * decoder's tokens stay in the order of the masking.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>Positions are the encoder's; the paper's are fixed sines and cosines. The decoder's are.
 *   <li>Features are the encoder's, of all patches: its class token or the mean of its tokens, as
 *       it was built.
 *   <li>The small preset has a smaller decoder, for images of about 32x32; it is not of the paper.
 * </ul>
 */
package org.selfsup4j.pretext.mae;

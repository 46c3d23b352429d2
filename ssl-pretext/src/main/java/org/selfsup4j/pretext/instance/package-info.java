/**
 * Instance discrimination: Wu, Xiong, Yu and Lin 2018, "Unsupervised feature learning via
 * non-parametric instance discrimination". Each image is a class of its own, and a memory bank
 * holds what stands for the class, the embedding that the network last gave the image.
 *
 * <p>With v the embedding of a view of image i, f_j the n rows of the bank, all of length 1:
 *
 * <pre>
 *   P(i|v) = exp(v f_i / T) / sum_j exp(v f_j / T)       (2), the loss is -log of it (3)
 *   P(i|v) = exp(v f_i / T) / Z,  Z = n mean exp(v f / T)       (4), (8): Z estimated once
 *   h(i, v) = P / (P + m / n)                                                      (6)
 *   loss = -log h(i, v) - sum over m drawn rows k of log(1 - h(j_k, v))            (7)
 *   loss + lambda |v - f_i|^2                                   (9), the proximal term
 *   f_i = v                                             section 3.1, after each step
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.instance.InstanceDiscrimination} is the task; {@link
 * org.selfsup4j.pretext.parts.InfoNce#withBank} is (3), {@link
 * org.selfsup4j.pretext.instance.NoiseContrast} (7). The plan that belongs to it: SGD with momentum
 * .9, decay 1e-4, rate .03, batches of 256, 200 epochs, a tenth of the rate every 40 epochs from
 * 120 on. A view is a crop with jittered colors, gray at random, flipped at random.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>The presets follow the authors' released code where it differs from the paper: rows are
 *       blended, {@code f_i = unit(.5 f_i + .5 v)}, and there is no proximal term, whose part that
 *       takes, as the authors say (zhirongw/lemniscate.pytorch, issue 11). Both can be set to the
 *       paper's: {@code withBankMomentum(0).withProximity(lambda)}.
 *   <li>Also from the code are: Z from positives and negatives of the first batch together; the
 *       constant 1e-7 beside m / n, which adds to the loss but hardly to its gradient; and
 *       negatives drawn from all rows with repetition, the image's own among them, as the noise of
 *       the equations is.
 *   <li>The proximal term can also stand beside the full softmax, where the paper does not use it.
 *   <li>Rows start on the sphere, evenly, as the paper has it; the code draws them from a cube. The
 *       bank takes its new rows when the loss has been computed, before the optimizer's step, as
 *       the code does.
 *   <li>An image that stands in for an unreadable one has the row of the image that it is; of two
 *       in one batch the later one counts.
 *   <li>An evaluation takes the encoder's features, as that of every method here; the paper's
 *       nearest neighbours are those of the embeddings.
 *   <li>The small preset is not of the paper, nor is the batch norm behind its head. The features
 *       of an untrained network all point the same way; the first rows that are replaced then lie
 *       together, each image that comes is nearer to all of them than to its own random row, and
 *       most of a short run goes by before the embeddings have spread. With the norm they are
 *       spread from the start.
 * </ul>
 */
package org.selfsup4j.pretext.instance;

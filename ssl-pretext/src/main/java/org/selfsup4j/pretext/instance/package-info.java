/**
 * Instance discrimination: each image is a class of its own, and a memory bank holds what stands
 * for the class, the embedding that the network last gave the image.
 *
 * <p>Wu, Xiong, Yu and Lin 2018, "Unsupervised feature learning via non-parametric instance
 * discrimination". With v the embedding of a view of image i, f_j the bank's rows, all of length 1:
 *
 * <ul>
 *   <li>the non-parametric softmax (equation 2), {@code P(i|v) = exp(v f_i / T) / sum_j exp(v f_j /
 *       T)}, whose negative logarithm is the loss (equation 3): {@link
 *       org.selfsup4j.pretext.parts.InfoNce#withBank};
 *   <li>its approximation by noise-contrastive estimation (section 3.2), {@code P(i|v) = exp(v f_i
 *       / T) / Z} (equation 4), {@code h = P / (P + m / n)} (equation 6), {@code -log h(i, v) -
 *       sum_k log(1 - h(j_k, v))} over m rows drawn at random (equation 7), with {@code Z = n mean
 *       exp(v f / T)} estimated once, from the first batch (equation 8): {@link
 *       org.selfsup4j.pretext.instance.NoiseContrast};
 *   <li>proximal regularisation (equation 9), {@code + lambda |v - f_i|^2};
 *   <li>the bank (section 3.1), from random rows of length 1, {@code f_i = v} after each step:
 *       {@link org.selfsup4j.pretext.parts.MemoryBank}.
 * </ul>
 *
 * Deviations. The presets follow the authors' released code where it differs from the paper: rows
 * are blended, {@code f_i = unit(.5 f_i + .5 v)}, and there is no proximal term, whose part that
 * takes, as the authors say (zhirongw/lemniscate.pytorch, issue 11). Both can be set to the
 * paper's: {@code withMomentum(0).withProximity(lambda)}. Also from the code are: Z from positives
 * and negatives of the first batch together; the constant 1e-7 beside m / n, which adds to the loss
 * but hardly to its gradient; and negatives drawn from all rows with repetition, the image's own
 * among them, as the noise of the equations is. The proximal term can also stand beside the full
 * softmax, where the paper does not use it. Rows start on the sphere, evenly, as the paper has it;
 * the code draws them from a cube. The bank takes its new rows when the loss has been computed,
 * before the optimizer's step, as the code does. An image that stands in for an unreadable one has
 * the row of the image that it is; of two in one batch the later one counts.
 *
 * <p>Of our own is the batch norm behind the head in the preset for small data. The features of an
 * untrained network all point the same way; the first rows that are replaced then lie together,
 * each image that comes is nearer to all of them than to its own random row, and most of a short
 * run goes by before the embeddings have spread. With the norm they are spread from the start.
 *
 * <p>An evaluation takes the encoder's features, as that of every method here; the paper's nearest
 * neighbours are those of the embeddings.
 */
package org.selfsup4j.pretext.instance;

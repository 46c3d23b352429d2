/**
 * Momentum contrast: a query shall be nearest to the key that a slowly following teacher gives the
 * other view of its image.
 *
 * <p>Version 2, {@link org.selfsup4j.pretext.moco.MocoV2}:
 *
 * <ul>
 *   <li>He, Fan, Wu, Xie and Girshick 2020, "Momentum contrast for unsupervised visual
 *       representation learning": the loss (equation 1), {@code -log(exp(q k+ / T) / (exp(q k+ / T)
 *       + sum_i exp(q k_i / T)))} over a queue of past keys; the teacher (equation 2), {@code
 *       theta_k = m theta_k + (1 - m) theta_q}; shuffled batch norm (section 3.3).
 *   <li>Chen, Fan, Girshick and He 2020, "Improved baselines with momentum contrastive learning": a
 *       head of two layers, T = .2 and stronger views (section 3).
 * </ul>
 *
 * Deviations of version 2. The papers' eight machines become {@code splits} of one batch: queries
 * go through the encoder in order, keys in an addressed random order that is undone afterwards, and
 * each split has batch statistics of its own, as each machine has. Running statistics follow every
 * split, one after the other, where the papers' code keeps those of its first machine. With one
 * split the order would change nothing, so none is drawn.
 *
 * <p>Version 3, {@link org.selfsup4j.pretext.moco.MocoV3}:
 *
 * <ul>
 *   <li>Chen, Xie and He 2021, "An empirical study of training self-supervised vision
 *       transformers": no queue, the other images of the batch are the negatives (algorithm 1,
 *       {@code ctr(q, k) = 2 T cross-entropy(q k^T / T)}, {@code loss = ctr(q1, k2) + ctr(q2,
 *       k1)}), a predictor behind the projector, a momentum that rises to 1 by a cosine, a patch
 *       embedding that stays random (section 4.1).
 * </ul>
 *
 * Deviations of version 3. Positions, class token and features are those of the encoder that is
 * given; the paper's are fixed sines and cosines and the class token. The keys of a step are those
 * of one machine's batch. The predictor ends in a batch norm with every encoder, as the paper's
 * text has it; its code leaves that out with a ResNet. The projector has three layers with every
 * encoder; the code has two with a ResNet.
 *
 * <p>Of both: the teacher never skips branches (stochastic depth), if its encoder has that. It
 * follows when a step is done, where the code lets it follow before the next one's keys: the same
 * weights, with version 3's momentum taken one step earlier in its schedule.
 */
package org.selfsup4j.pretext.moco;

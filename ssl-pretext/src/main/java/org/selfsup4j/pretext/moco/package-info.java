/**
 * Momentum contrast: a query shall be nearest to the key that a slowly following teacher gives the
 * other view of its image.
 *
 * <ul>
 *   <li>MoCo: He, Fan, Wu, Xie and Girshick 2020, "Momentum contrast for unsupervised visual
 *       representation learning".
 *   <li>Version 2: Chen, Fan, Girshick and He 2020, "Improved baselines with momentum contrastive
 *       learning": a head of two layers, T = .2 and stronger views (section 3).
 *   <li>Version 3: Chen, Xie and He 2021, "An empirical study of training self-supervised vision
 *       transformers": no queue, a predictor, a patch embedding that stays random (section 4.2).
 * </ul>
 *
 * <p>With a query q, its key k+ and the keys k_i of images before, all of length 1:
 *
 * <pre>
 *   v2:  loss = -log(exp(q k+ / T) / (exp(q k+ / T) + sum_i exp(q k_i / T)))          MoCo, (1)
 *   v3:  loss = ctr(q_1, k_2) + ctr(q_2, k_1)                                   v3, algorithm 1
 *        ctr(q, k) = 2 T mean over i of -log(exp(q_i k_i / T) / sum_j exp(q_i k_j / T))
 *   theta_k = m theta_k + (1 - m) theta_q            the teacher, after a step: MoCo, (2)
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.moco.MocoV2} and {@link org.selfsup4j.pretext.moco.MocoV3} are
 * the tasks. The plans that belong to them: version 2, SGD with momentum .9, decay 1e-4, rate .03
 * for a batch of 256, a cosine, 200 epochs; version 3 (section 5), AdamW, rate 1.5e-4 for a batch
 * of 256, decay .1, 40 epochs of warm-up and a cosine, batches of 4,096. The views of version 2 are
 * SimCLR's with weaker colors (crop, jitter, gray, blur, flip), those of version 3 BYOL's: the
 * second is blurred less often and may be solarised.
 *
 * <p>Deviations of version 2:
 *
 * <ul>
 *   <li>The paper's eight machines become {@code splits} of one batch (section 3.3, "shuffling
 *       BN"): queries go through the encoder in order, keys in an addressed random order that is
 *       undone afterwards, and each split has batch statistics of its own, as each machine has.
 *       Running statistics follow every split, one after the other, where the code keeps those of
 *       its first machine. With one split the order would change nothing, so none is drawn.
 *   <li>The small preset is for small images; it is not of the papers.
 * </ul>
 *
 * <p>Deviations of version 3:
 *
 * <ul>
 *   <li>Positions, class token and features are those of the encoder that is given; the paper's are
 *       fixed sines and cosines and the class token.
 *   <li>The keys of a step are those of one machine's batch.
 *   <li>The predictor ends in a batch norm with every encoder, as the paper's text has it; its code
 *       leaves that out with a ResNet. The projector has three layers with every encoder; the code
 *       has two with a ResNet.
 *   <li>The small preset is for small images; it is not of the paper.
 * </ul>
 *
 * <p>Of both: the teacher never skips branches (stochastic depth), if its encoder has that. It
 * follows when a step is done, where the code lets it follow before the next one's keys: the same
 * weights, with version 3's momentum taken one step earlier in its schedule.
 */
package org.selfsup4j.pretext.moco;

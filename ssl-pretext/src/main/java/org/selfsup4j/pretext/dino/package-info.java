/**
 * DINO, self-distillation with no labels: Caron, Touvron, Misra, Jegou, Mairal, Bojanowski and
 * Joulin 2021, "Emerging properties in self-supervised vision transformers".
 *
 * <p>Two networks of one form, {@code g = h(f(x))}, see crops of one image. With K outputs each,
 *
 * <pre>
 *   P_s(x)_i = exp(g_s(x)_i / tau_s) / sum_k exp(g_s(x)_k / tau_s)                (1) the student
 *   P_t(x)_i = softmax_i((g_t(x) - c) / tau_t)                  its counterpart, centred, sharpened
 *   loss     = mean over global x, other crops x' of -sum_i P_t(x)_i log P_s(x')_i    (2) and (3)
 *   c        = m c + (1 - m) mean over the batch of g_t(x)                        (4) the centre
 *   theta_t  = lambda theta_t + (1 - lambda) theta_s                     the teacher, after a step
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.dino.Dino} is the task. {@code g_s} gets all crops and the
 * gradient, {@code g_t} the two global ones and none. The centre keeps one output from winning
 * everywhere, the low {@code tau_t} keeps all from being equal; each alone collapses (section 5.3),
 * so {@code teacher_entropy} is logged and the bottleneck watched.
 *
 * <p>The plan that belongs to it (section 3.2): AdamW, rate 5e-4 for a batch of 256 with ten epochs
 * of warm-up and a cosine to 1e-6 ({@link org.selfsup4j.core.optim.DinoSchedule}), a weight decay
 * along a cosine from .04 to .4 ({@link org.selfsup4j.core.optim.ScheduledAdamW}) but none on
 * biases and norms. From the authors' code come gradients clipped at 3, stochastic depth of .1 in
 * the student alone (the encoder's {@code dropPath}; the teacher never drops), and prototypes that
 * rest for the first epoch.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>Gradients are clipped by their norm over all parameters, where the authors' code clips each
 *       parameter's on its own: it is what {@code TrainingPlan.withClipNorm} does.
 *   <li>The centre is the mean over the batch of one machine. It moves while the loss is computed,
 *       after it was used, as the authors' code does it.
 *   <li>Blur has the kernel of SimCLR (a tenth of the side, none below 20 pixels) where theirs is
 *       Pillow's; the order of the flip among the other changes differs, which makes no difference.
 *   <li>The head's weights begin Xavier-uniform, theirs normal with a deviation of .02; in the
 *       paper's sizes the deviations are .02 to .03.
 *   <li>The head has no batch norm for convolutional encoders either (their option {@code
 *       use_bn_in_head}).
 *   <li>The head's lengths g are 1 throughout, their {@code norm_last_layer}; {@link
 *       org.selfsup4j.pretext.dino.Prototypes} can train them.
 *   <li>{@code encoder}, which a run saves, is the student's. The paper scores the teacher's:
 *       {@code Pretraining.withEncoder(task.teacher().module().encoder())}.
 *   <li>The small preset is for small images; it is not of the paper.
 * </ul>
 */
package org.selfsup4j.pretext.dino;

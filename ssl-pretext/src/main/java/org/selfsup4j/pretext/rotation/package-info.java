/**
 * Rotation prediction: Gidaris, Singh and Komodakis 2018, "Unsupervised representation learning by
 * predicting image rotations".
 *
 * <p>With {@code g(x, y)} the image x turned by y quarters, an encoder and a linear layer {@code F}
 * with a softmax, the loss of a batch of N images is
 *
 * <pre>
 *   -1/(N K) sum_i sum_y log F^y(g(x_i, y))             equations 2 and 3, K = 4: all turns y
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.rotation.Rotation} is the task. The plan that belongs to it
 * (section 3.1): SGD with momentum .9, decay 5e-4 and rate .1, which falls by five at epochs 30, 60
 * and 80 of 100; batches of 128 images, which are 512 turned ones.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>Any encoder takes the place of the network in network, and its features that of the second
 *       block's, which the paper scores best: deeper ones know more of turns than of things.
 *   <li>The small preset shows one turn of each image, drawn anew in each epoch; section 3.1 finds
 *       all four at once better, at four times the cost a step.
 * </ul>
 */
package org.selfsup4j.pretext.rotation;

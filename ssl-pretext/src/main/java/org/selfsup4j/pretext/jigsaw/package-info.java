/**
 * Jigsaw puzzles.
 *
 * <ul>
 *   <li>Jigsaw: Noroozi and Favaro 2016, "Unsupervised learning of visual representations by
 *       solving jigsaw puzzles", section 3: the context-free network ("The Context-Free
 *       Architecture"), the permutations ("The Jigsaw Puzzle Task", algorithm 1), and what is done
 *       against short cuts ("Training the CFN").
 *   <li>Jigsaw++: Noroozi, Vinjimoor, Favaro and Pirsiavash 2018, "Boosting self-supervised
 *       learning via knowledge transfer", section "The Jigsaw++ Pretext Task".
 * </ul>
 *
 * <p>With tiles {@code x_1 .. x_9} of one image, a permutation {@code p} of number {@code y}, an
 * encoder {@code f} and a head {@code g}:
 *
 * <pre>
 *   loss = -log softmax(g(f(x_p(1)), .., f(x_p(9))))_y
 * </pre>
 *
 * <p>{@link org.selfsup4j.pretext.jigsaw.Jigsaw} is the task. The plan that belongs to it: SGD with
 * momentum .9, rate .01, batches of 256, 350,000 steps.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>Any encoder takes the place of AlexNet's convolutions and its stride; behind it stand fc6
 *       (a tile), fc7 and fc8 (all tiles) with relu, without dropout. An encoder's batch norm sees
 *       all tiles of a batch.
 *   <li>Algorithm 1 adds the permutation of the largest sum of distances, and its 1,000 have a
 *       least distance of 2; here the least distance is made largest first, the sum decides among
 *       equals. So Jigsaw++'s 701 differ in more places than the 3 that it asks for. The first
 *       permutation is drawn, as there.
 *   <li>Against chromatic aberration puzzles are gray and channels are moved; the central square of
 *       a photo, where it is least, is not cut out before.
 *   <li>A channel that is moved against the others stops at the border of its cell; the papers do
 *       not say what lies beyond.
 *   <li>A puzzle is gray or colored as a whole, another image's tiles included, which would give
 *       themselves away otherwise. These come all from one image and from the cells that they fill;
 *       the paper says only that places and number are random.
 *   <li>One puzzle of each image a step.
 *   <li>The sizes of the small preset are this library's; no paper has puzzles of 32 pixels. Its
 *       tiles are normalised as the data is, not one by one, and its channels are not moved, since
 *       a pixel of 8 is more than the papers' 2 of 64.
 * </ul>
 */
package org.selfsup4j.pretext.jigsaw;

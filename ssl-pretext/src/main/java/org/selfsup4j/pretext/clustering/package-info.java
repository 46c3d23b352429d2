/**
 * Clusters as teacher.
 *
 * <ul>
 *   <li>DeepCluster: Caron, Bojanowski, Joulin and Douze 2018, "Deep clustering for unsupervised
 *       learning of visual features".
 *   <li>Knowledge transfer: Noroozi, Vinjimoor, Favaro and Pirsiavash 2018, "Boosting
 *       self-supervised learning via knowledge transfer".
 *   <li>Its descriptor made by hand: Dalal and Triggs 2005, "Histograms of oriented gradients for
 *       human detection".
 * </ul>
 *
 * <p>With an encoder {@code f}, a head {@code g} and images {@code x_1 .. x_N}, DeepCluster takes
 * turns between
 *
 * <pre>
 *   min over C and y of 1/N sum_n |w(f(x_n)) - C y_n|^2           (2) k-means, before each epoch
 *   min over f and g of 1/N sum_n -log softmax(g(f(t(x_n))))_y_n   (1) one epoch; t augments
 * </pre>
 *
 * <p>where {@code w} is PCA-whitening and division by the length, and each {@code y_n} names one of
 * K columns of C. The clusters of two epochs have nothing to do with each other, so {@code g} is
 * drawn anew for each epoch, as the authors' code does. Two trivial solutions are kept out (section
 * 3.3): an empty cluster gets a part of another, and images are sampled uniformly over clusters,
 * not over images. {@code agreement} in the log is the normalised mutual information with the
 * clusters of the epoch before (figure 2b). The plan that belongs to it: SGD with momentum .9, rate
 * .05 throughout, decay 1e-5, batches of 256.
 *
 * <p>{@link org.selfsup4j.pretext.clustering.DeepCluster} and {@link
 * org.selfsup4j.pretext.clustering.KnowledgeTransfer} are the tasks. Knowledge transfer does (2)
 * once, on the features of another encoder or on a descriptor, and then (1) to the end.
 *
 * <p>Deviations:
 *
 * <ul>
 *   <li>The features are those of the encoder as it is scored. DeepCluster's are fc7 of AlexNet
 *       before its relu, where here a relu and a mean over all places may come last; the linear
 *       layer stands on them without another relu and without dropout.
 *   <li>No Sobel filters before the network: images keep their colors, unless {@code view} and
 *       {@code augmentation} take them away.
 *   <li>An empty cluster gets a part of the largest, divided at its mean towards its farthest row;
 *       in the paper a random cluster's centre with a small random change.
 *   <li>Uniform sampling gives every cluster the same number of visits, up to one; the authors'
 *       code draws them, and cuts the last off.
 *   <li>The head is trained by the optimizer of everything, whose moments begin at zero with it;
 *       theirs has no momentum. Adam would correct them by the steps of the whole run.
 *   <li>Directions of less than a millionth of the largest variance are not whitened, so there may
 *       be fewer components than asked for. faiss, theirs, adds in float; here the sums of k-means
 *       are in double.
 *   <li>Knowledge transfer: the features of the last layer are clustered as they are, where the
 *       paper takes AlexNet's conv4 or VGG's conv5, pooled. Images are shuffled, each once an
 *       epoch.
 *   <li>The descriptor has square roots of no colors, no signs, and one scale; its Gaussian lies
 *       about the middle of a block's pixels.
 *   <li>The small presets are for small images, not of the papers.
 * </ul>
 */
package org.selfsup4j.pretext.clustering;

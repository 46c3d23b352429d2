/**
 * Fine-tuning: the whole encoder, with a linear layer on top, learns from a part of the labels.
 *
 * <p>The recipe is that of He, Chen, Xie, Li, Dollár and Girshick 2022, "Masked autoencoders are
 * scalable vision learners", appendix A.1, table 9: AdamW with decay .05 but none on biases, norms,
 * class token and positions; a cosine after a warm-up; on request a learning rate that shrinks by a
 * factor from each block to the one below it. Semi-supervised protocols fine-tune on 1% and 10% of
 * the labels (Chen, Kornblith, Norouzi and Hinton 2020, section 6).
 *
 * <p>Deviations: a number of steps instead of epochs, since a tenth of a small data set is few
 * batches; a tenth of the steps is warm-up; no mixup, cutmix, label smoothing or stochastic depth
 * unless the encoder has it, and the augmentation that is given; features are the encoder's own, be
 * they the class token or a mean.
 */
package org.selfsup4j.eval.finetune;

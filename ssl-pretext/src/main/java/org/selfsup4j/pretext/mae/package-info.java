/** Masked autoencoders: He, Chen, Xie, Li, Dollar and Girshick 2022. */
package org.selfsup4j.pretext.mae;

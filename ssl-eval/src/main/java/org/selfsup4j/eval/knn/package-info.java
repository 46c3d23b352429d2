/**
 * Classes by a vote of the nearest training samples: {@link org.selfsup4j.eval.knn.WeightedKnn}.
 */
package org.selfsup4j.eval.knn;

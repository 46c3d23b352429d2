/** What sets of feature vectors look like: principal directions, whitening, clusters. */
package org.selfsup4j.core.analysis;

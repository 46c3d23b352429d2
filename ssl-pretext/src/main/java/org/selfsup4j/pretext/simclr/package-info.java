/** SimCLR: Chen, Kornblith, Norouzi and Hinton 2020. */
package org.selfsup4j.pretext.simclr;

/** What evaluations return: scores that name their protocol, and tables of them. */
package org.selfsup4j.eval.report;

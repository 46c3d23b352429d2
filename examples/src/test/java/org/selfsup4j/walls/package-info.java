/** The walls of the house: which part may know which, and how long a part may be. */
package org.selfsup4j.walls;

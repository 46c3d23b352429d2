/** Image encoders and what they are called elsewhere. */
package org.selfsup4j.models;

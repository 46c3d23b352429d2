package org.selfsup4j.core.module;

/**
 * A part of a network: a record whose components are its parts and settings.
 *
 * <pre>{@code
 * public record Attention(Linear qkv, Linear projection, int heads) implements Module {}
 * }</pre>
 *
 * Nothing is registered: {@link Parts} reads the components, and names the weights after them:
 * {@code attention.qkv.weight}.
 */
public interface Module {}

/**
 * Networks are records: a component is a {@link org.selfsup4j.core.module.Parameter}, a {@link
 * org.selfsup4j.core.module.Buffer}, another {@link org.selfsup4j.core.module.Module} (alone,
 * optional, in lists) or a plain setting, and the names of the weights are the names of the
 * components.
 */
package org.selfsup4j.core.module;

package org.selfsup4j.core.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;
import org.selfsup4j.core.module.Components;
import org.selfsup4j.core.module.State;
import org.selfsup4j.core.task.Described;

/** The settings in a tree of records as JSON; parameters and buffers appear as their shapes. */
final class SettingsJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private SettingsJson() {}

  /** {@code record} with its type and components. */
  static ObjectNode of(Record record) {
    ObjectNode json = NODES.objectNode();
    json.put("type", name(record.getClass()));
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      json.set(component.getName(), value(Components.read(record, component)));
    }
    return json;
  }

  private static JsonNode value(Object value) {
    if (value == null) {
      return NODES.nullNode();
    }
    if (value instanceof State state) {
      return NODES.textNode(state.shape().toString());
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(SettingsJson::value).orElse(NODES.nullNode());
    }
    if (value instanceof List<?> list) {
      return list(list);
    }
    if (value instanceof Described described) {
      return NODES.textNode(name(value.getClass()) + " of " + described.description());
    }
    if (value instanceof Record record) {
      return of(record);
    }
    if (value instanceof Boolean flag) {
      return NODES.booleanNode(flag);
    }
    if (value instanceof Integer || value instanceof Long || value instanceof Short) {
      return NODES.numberNode(((Number) value).longValue());
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return NODES.numberNode(number.doubleValue());
    }
    if (value instanceof Number || value instanceof CharSequence || value instanceof Enum<?>) {
      return NODES.textNode(value.toString());
    }
    return NODES.textNode(name(value.getClass()));
  }

  private static ArrayNode list(List<?> list) {
    ArrayNode array = NODES.arrayNode();
    list.forEach(item -> array.add(value(item)));
    return array;
  }

  /** A class's name; of a lambda that of the class it stands in, since its own changes. */
  private static String name(Class<?> type) {
    if (type.isHidden() || type.isSynthetic()) {
      String full = type.getName();
      int cut = full.indexOf("$$Lambda");
      return "lambda in " + (cut < 0 ? full : full.substring(0, cut));
    }
    String full = type.getName();
    return full.substring(full.lastIndexOf('.') + 1).replace('$', '.');
  }
}

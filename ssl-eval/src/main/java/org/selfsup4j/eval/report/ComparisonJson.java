package org.selfsup4j.eval.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.selfsup4j.eval.report.Comparison.Row;

/** Writes a comparison as JSON. */
final class ComparisonJson {

  private ComparisonJson() {}

  static String of(Comparison comparison, Map<String, Double> more) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    put(json, comparison, Score::value);
    more.forEach(json::put);
    put(json.putObject("standard_errors"), comparison, Score::standardError);
    Row last = comparison.rows().get(comparison.rows().size() - 1);
    ObjectNode protocols = json.putObject("protocols");
    for (int i = 0; i < comparison.columns().size(); i++) {
      protocols.put(comparison.columns().get(i), last.scores().get(i).protocol());
    }
    ObjectNode encoders = json.putObject("encoders");
    comparison.rows().forEach(row -> encoders.put(row.name(), row.scores().get(0).encoder()));
    Score any = last.scores().get(0);
    json.put("train", any.train());
    json.put("test", any.test());
    json.put("test_samples", any.testSamples());
    any.seed().ifPresent(seed -> json.put("seed", seed));
    ObjectNode remarks = json.putObject("remarks");
    ComparisonTable.remarks(comparison).forEach(remarks::put);
    try {
      return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and strings was not written", e);
    }
  }

  private static void put(ObjectNode json, Comparison comparison, ToDoubleFunction<Score> number) {
    for (Row row : comparison.rows()) {
      ObjectNode values = json.putObject(row.name());
      for (int i = 0; i < row.scores().size(); i++) {
        double value = number.applyAsDouble(row.scores().get(i));
        values.put(comparison.columns().get(i), Math.round(value * 1e6) / 1e6);
      }
    }
  }
}

package io.gatepost.cli.operator;

import io.gatepost.contract.routing.RouteExplanation;
import io.gatepost.contract.routing.RouteExplanation.Result;
import io.gatepost.contract.routing.RouteExplanation.Step;
import io.gatepost.contract.routing.RouteExplanation.Visit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The steps of an explanation as indented lines. Routers that have nothing to say of an address,
/// one after the other, share a line.
final class RouteTree {

  private static final String INDENT = "  ";

  private final List<String> lines = new ArrayList<>();

  private RouteTree() {}

  static List<String> of(RouteExplanation explanation) {
    RouteTree tree = new RouteTree();
    tree.visit(explanation.start(), "");
    return tree.lines;
  }

  private void visit(Visit visit, String indent) {
    if (visit.steps().isEmpty()) {
      lines.add(indent + visit.address() + "  (not followed here)");
      return;
    }
    lines.add(indent + visit.address());
    List<Step> notMine = new ArrayList<>();
    for (Step step : visit.steps()) {
      if (step.result() == Result.NOT_MINE) {
        notMine.add(step);
        continue;
      }
      addNotMine(notMine, indent);
      lines.add(
          "%s%s: %s  (%s, %s)"
              .formatted(
                  indent + INDENT,
                  step.router(),
                  step.words(),
                  step.source(),
                  time(step.micros())));
      step.addresses().forEach(address -> visit(address, indent + INDENT + INDENT));
    }
    addNotMine(notMine, indent);
  }

  private void addNotMine(List<Step> steps, String indent) {
    if (steps.isEmpty()) {
      return;
    }
    String routers = steps.stream().map(Step::router).collect(Collectors.joining(", "));
    long micros = steps.stream().mapToLong(Step::micros).sum();
    lines.add("%s%s: not mine  (%s)".formatted(indent + INDENT, routers, time(micros)));
    steps.clear();
  }

  private static String time(long micros) {
    return micros < 1_000
        ? micros + " µs"
        : String.format(Locale.ROOT, "%.1f ms", micros / 1_000.0);
  }
}

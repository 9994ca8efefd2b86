package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.routing.sieve.Syntax.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds out what the commands of a script mean, and whether they may stand there.
final class Compiler {

  private final Set<String> required = new HashSet<>();
  private final ConditionCompiler conditions = new ConditionCompiler(required);

  /// Returns the instructions; throws [BrokenScriptException].
  List<Instruction> compile(List<Node> commands) {
    int first = 0;
    while (first < commands.size() && commands.get(first).name().equals("require")) {
      require(commands.get(first++));
    }
    return block(commands.subList(first, commands.size()));
  }

  /// Returns the memory of the script's expressions, in octets.
  int octets() {
    return conditions.octets();
  }

  private void require(Node node) {
    Arguments arguments = bare(node);
    for (String name : arguments.strings("list of extensions")) {
      if (!Extensions.has(name)) {
        throw arguments.problem("unknown extension " + BrokenScriptException.shown(name));
      }
      required.add(name);
      Extensions.includedIn(name).ifPresent(required::add);
    }
    arguments.end();
  }

  private List<Instruction> block(List<Node> commands) {
    List<Instruction> instructions = new ArrayList<>(commands.size());
    for (int i = 0; i < commands.size(); i++) {
      Node node = commands.get(i);
      if (node.name().equals("if")) {
        int end = i + 1;
        while (end < commands.size() && isBranch(commands.get(end), "elsif")) {
          end++;
        }
        if (end < commands.size() && isBranch(commands.get(end), "else")) {
          end++;
        }
        instructions.add(branches(commands.subList(i, end)));
        i = end - 1;
      } else {
        instructions.add(command(node));
      }
    }
    return List.copyOf(instructions);
  }

  private static boolean isBranch(Node node, String name) {
    return node.name().equals(name);
  }

  private Instruction branches(List<Node> nodes) {
    List<Instruction.Branch> branches = new ArrayList<>(nodes.size());
    for (Node node : nodes) {
      Arguments arguments = new Arguments(node);
      arguments.end();
      if (!node.hasBlock()) {
        throw arguments.problem("no block");
      }
      Condition condition =
          node.name().equals("else") ? noTest(node) : conditions.compile(onlyTest(node));
      // Commands behind a missing extension may be unknown to us (RFC 5463 §4).
      branches.add(
          new Instruction.Branch(
              condition,
              condition instanceof Condition.Have(boolean has) && !has
                  ? List.of()
                  : block(node.block())));
    }
    return new Instruction.If(nodes.getFirst().line(), List.copyOf(branches));
  }

  private static Condition noTest(Node node) {
    if (!node.tests().isEmpty()) {
      throw new Arguments(node).problem("a test that does not belong there");
    }
    return new Condition.Known(true);
  }

  private static Node onlyTest(Node node) {
    if (node.tests().size() != 1 || node.isTestList()) {
      throw new Arguments(node).problem("not one test");
    }
    return node.tests().getFirst();
  }

  /// The arguments of a command without tests and block.
  private static Arguments bare(Node node) {
    Arguments arguments = new Arguments(node);
    if (!node.tests().isEmpty() || node.hasBlock()) {
      throw arguments.problem("a test or a block that does not belong there");
    }
    return arguments;
  }

  private Instruction command(Node node) {
    Arguments arguments = bare(node);
    Instruction instruction =
        switch (node.name()) {
          case "stop" -> new Instruction.Stop(node.line());
          case "keep" -> keep(arguments);
          case "discard" -> new Instruction.Discard(node.line());
          case "redirect" -> redirect(arguments);
          case "fileinto" -> fileInto(arguments);
          case "reject", "ereject" -> {
            needs(node.name(), arguments);
            yield new Instruction.Reject(
                node.line(), template(arguments, arguments.string("words")));
          }
          case "set" -> set(arguments);
          case "error" -> {
            needs(Extensions.IHAVE, arguments);
            arguments.string("message");
            yield new Instruction.Error(node.line());
          }
          case "require" -> throw arguments.problem("not at the beginning");
          case "elsif", "else" -> throw arguments.problem("no if before");
          default -> content(node);
        };
    switch (instruction) {
      case Instruction.Content _, Instruction.Vacation _, Instruction.SetByContent _ -> {}
      default -> arguments.end();
    }
    return instruction;
  }

  private void needs(String extension, Arguments arguments) {
    if (!required.contains(extension)) {
      throw arguments.problem("no require " + BrokenScriptException.shown(extension));
    }
  }

  private Template template(Arguments arguments, String text) {
    return conditions.template(arguments.line(), text);
  }

  private boolean copy(Arguments arguments) {
    boolean copy = arguments.takeTag("copy");
    if (copy) {
      needs(Extensions.COPY, arguments);
    }
    return copy;
  }

  private Instruction keep(Arguments arguments) {
    flags(arguments);
    return new Instruction.Keep(arguments.line(), false);
  }

  private void flags(Arguments arguments) {
    if (!arguments.takeTagged("flags").isEmpty()) {
      needs(Extensions.IMAP4FLAGS, arguments);
    }
  }

  private Instruction fileInto(Arguments arguments) {
    needs(Extensions.FILEINTO, arguments);
    boolean copy = copy(arguments);
    flags(arguments);
    if (arguments.takeTag("create")) {
      needs("mailbox", arguments);
    }
    if (!arguments.takeTagged("specialuse").isEmpty()) {
      needs("special-use", arguments);
    }
    if (!arguments.takeTagged("mailboxid").isEmpty()) {
      needs("mailboxid", arguments);
    }
    arguments.string("folder");
    return new Instruction.Keep(arguments.line(), copy);
  }

  private Instruction redirect(Arguments arguments) {
    boolean copy = copy(arguments);
    Template address = template(arguments, arguments.string("address"));
    address.constant().ifPresent(text -> address(arguments.line(), text));
    return new Instruction.Redirect(arguments.line(), address, copy);
  }

  /// Reads an address, with or without angle brackets.
  static ForwardPath address(int line, String text) {
    String plain = text.strip();
    if (plain.startsWith("<") && plain.endsWith(">")) {
      plain = plain.substring(1, plain.length() - 1);
    }
    try {
      return ForwardPath.listed(plain);
    } catch (IllegalArgumentException e) {
      throw new BrokenScriptException(
          line, BrokenScriptException.shown(text) + " (expected: an address)");
    }
  }

  private Instruction set(Arguments arguments) {
    needs(Extensions.VARIABLES, arguments);
    List<Modifier> modifiers = new ArrayList<>(0);
    for (Modifier modifier : Modifier.values()) { // in the order in which they are applied
      if (arguments.takeTag(modifier.name().toLowerCase(Locale.ROOT))) {
        switch (modifier) {
          case ENCODEURL -> needs(Extensions.ENOTIFY, arguments);
          case QUOTEREGEX -> needs(Extensions.REGEX, arguments);
          case LOWER, UPPER, LOWERFIRST, UPPERFIRST, QUOTEWILDCARD, LENGTH -> {}
        }
        if (modifiers.stream().anyMatch(other -> other.precedence() == modifier.precedence())) {
          throw arguments.problem("modifiers of one kind");
        }
        modifiers.add(modifier);
      }
    }
    String name = variable(arguments, arguments.string("name"));
    return new Instruction.Set(
        arguments.line(), name, modifiers, template(arguments, arguments.string("value")));
  }

  private static String variable(Arguments arguments, String name) {
    if (!name.matches("[a-zA-Z_][a-zA-Z0-9_]{0,63}")) {
      throw arguments.problem("variable " + BrokenScriptException.shown(name));
    }
    return name.toLowerCase(Locale.ROOT);
  }

  /// Compiles a command that delivery carries out; its arguments are delivery's to check.
  private Instruction content(Node node) {
    Arguments arguments = new Arguments(node);
    String extension = Words.CONTENT_ACTIONS.get(node.name());
    if (extension == null) {
      throw new BrokenScriptException(
          node.line(), "unknown command " + BrokenScriptException.shown(node.name()));
    }
    needs(extension, arguments);
    if (node.name().equals("vacation")) {
      return new Instruction.Vacation(node.line());
    }
    boolean setsVariable = extension.equals(Extensions.IMAP4FLAGS) && node.arguments().size() == 2;
    Optional<String> name =
        setsVariable ? Optional.of(arguments.string("variable")) : Optional.empty();
    return name.<Instruction>map(
            text -> {
              needs(Extensions.VARIABLES, arguments);
              return new Instruction.SetByContent(node.line(), variable(arguments, text));
            })
        .orElseGet(() -> new Instruction.Content(node.line()));
  }
}

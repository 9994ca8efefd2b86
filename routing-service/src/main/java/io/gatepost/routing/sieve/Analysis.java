package io.gatepost.routing.sieve;

import io.gatepost.contract.address.ForwardPath;
import java.util.List;
import java.util.Optional;

/// Runs a script on an envelope without a content. Where a test needs the content, both ways are
/// gone and only what both come to is known behind them: so each instruction is looked at once, and
/// what the content could change is never taken for certain.
public final class Analysis {

  private final Work work = new Work();
  private final Evaluation evaluation;

  /// The state where the script has stopped before its end.
  private Optional<State> stopped = Optional.empty();

  private Analysis(Facts facts) {
    this.evaluation = new Evaluation(facts, work);
  }

  /// Returns what is certain; throws [BrokenScriptException] where the script certainly fails, or
  /// is too costly. The message is to be kept then (RFC 5228 §2.10.6).
  public static Decision decide(Script script, Facts facts) {
    Analysis analysis = new Analysis(facts);
    Optional<State> end = analysis.run(script.instructions(), new State());
    return decision(join(analysis.stopped, end).orElseThrow());
  }

  private static Optional<State> join(Optional<State> one, Optional<State> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.or(() -> other);
    }
    return Optional.of(one.get().join(other.get()));
  }

  /// Runs instructions; returns what is known behind them, nothing where no way leads there.
  private Optional<State> run(List<Instruction> instructions, State before) {
    State state = before;
    for (Instruction instruction : instructions) {
      work.add(instruction.line(), 0);
      switch (instruction) {
        case Instruction.Stop _ -> {
          stopped = join(stopped, Optional.of(state));
          return Optional.empty();
        }
        case Instruction.If(int line, List<Instruction.Branch> branches) -> {
          Optional<State> behind = branch(line, branches, state);
          if (behind.isEmpty()) {
            return behind;
          }
          state = behind.get();
        }
        case Instruction.Keep keep -> keep(keep, state);
        case Instruction.Discard _ -> state.cancelled = Tri.YES;
        case Instruction.Redirect redirect -> redirect(redirect, state);
        case Instruction.Reject reject -> reject(reject, state);
        case Instruction.Vacation(int at) -> answer(at, state);
        case Instruction.Set set -> set(set, state);
        case Instruction.SetByContent(int line, String name) ->
            set(line, name, Optional.empty(), state);
        case Instruction.Content _ -> {}
        case Instruction.Error(int line) ->
            throw new BrokenScriptException(line, "the script says error");
      }
    }
    return Optional.of(state);
  }

  private Optional<State> branch(int line, List<Instruction.Branch> branches, State before) {
    Optional<State> behind = Optional.empty();
    for (Instruction.Branch branch : branches) {
      switch (evaluation.holds(branch.condition(), before)) {
        case YES -> {
          return join(behind, run(branch.block(), before));
        }
        case NO -> {}
        case OPEN -> behind = join(behind, perhaps(line, branch.block(), before.copy()));
      }
    }
    return join(behind, Optional.of(before));
  }

  /// Runs what the content may lead to. Where that fails, the message is kept if it comes to that.
  private Optional<State> perhaps(int line, List<Instruction> block, State state) {
    try {
      work.add(line, 16L * state.variables());
      return run(block, state);
    } catch (BrokenScriptException e) {
      State failed = new State();
      failed.kept = Tri.YES;
      failed.rejected = Tri.OPEN; // so that nothing of this message is decided
      stopped = join(stopped, Optional.of(failed));
      return Optional.empty();
    }
  }

  private static void keep(Instruction.Keep keep, State state) {
    checkNotRejected(keep.line(), state);
    state.kept = Tri.YES;
    if (!keep.isCopy()) {
      state.cancelled = Tri.YES;
    }
  }

  private void redirect(Instruction.Redirect redirect, State state) {
    checkNotRejected(redirect.line(), state);
    Optional<String> text = evaluation.text(redirect.line(), redirect.address(), state);
    if (text.isPresent()) {
      state.redirects.add(Compiler.address(redirect.line(), text.get()));
    } else {
      state.hasOpenRedirects = true;
    }
    if (state.redirects.size() > Bounds.MAX_REDIRECTS) {
      throw new BrokenScriptException(
          redirect.line(), "too many redirects (expected: at most " + Bounds.MAX_REDIRECTS + ")");
    }
    if (!redirect.isCopy()) {
      state.cancelled = Tri.YES;
    }
  }

  /// A message is not both refused and delivered, or refused twice (RFC 5429 §2.4).
  private static void checkNotRejected(int line, State state) {
    if (state.rejected == Tri.YES) {
      throw new BrokenScriptException(
          line, "the message is refused before (expected: no second refusal, and no delivery)");
    }
  }

  private void reject(Instruction.Reject reject, State state) {
    checkNotRejected(reject.line(), state);
    if (state.kept == Tri.YES || !state.redirects.isEmpty() || state.answered == Tri.YES) {
      throw new BrokenScriptException(
          reject.line(), "the message is delivered or answered before (expected: no refusal)");
    }
    // On a way where it has been delivered or answered before this fails, and nothing is refused.
    boolean certain =
        state.kept == Tri.NO
            && !state.hasOpenRedirects
            && state.answered == Tri.NO
            && state.rejected == Tri.NO;
    state.rejected = certain ? Tri.YES : Tri.OPEN;
    state.words = evaluation.text(reject.line(), reject.words(), state);
    state.cancelled = Tri.YES;
  }

  /// An automatic reply goes with neither a refusal nor another one (RFC 5230 §4.7, RFC 5429 §2.4).
  private static void answer(int line, State state) {
    if (state.rejected == Tri.YES || state.answered == Tri.YES) {
      throw new BrokenScriptException(
          line, "the message is refused or answered before (expected: no vacation)");
    }
    if (state.answered == Tri.OPEN) {
      state.rejected = Tri.OPEN; // a second one on some way, where this fails
    }
    state.answered = Tri.YES;
  }

  private void set(Instruction.Set set, State state) {
    Optional<String> value =
        evaluation
            .text(set.line(), set.value(), state)
            .map(text -> modified(set.line(), text, set.modifiers()));
    set(set.line(), set.name(), value, state);
  }

  private void set(int line, String name, Optional<String> value, State state) {
    state.set(name, value);
    if (state.variables() > Bounds.MAX_VARIABLES) {
      throw new BrokenScriptException(
          line, "too many variables (expected: at most " + Bounds.MAX_VARIABLES + ")");
    }
  }

  private String modified(int line, String text, List<Modifier> modifiers) {
    String value = cut(text);
    for (Modifier modifier : modifiers) {
      work.fold(line, value.length());
      value = cut(modifier.apply(value));
    }
    return value;
  }

  /// Never in the middle of a character.
  private static String cut(String text) {
    if (text.length() <= Bounds.MAX_VALUE) {
      return text;
    }
    int end = Bounds.MAX_VALUE;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }

  private static Decision decision(State end) {
    List<ForwardPath> redirects = List.copyOf(end.redirects);
    return switch (end.rejected) {
      case YES -> new Decision.Refused(end.words);
      case OPEN -> new Decision.Undecided(List.of());
      case NO ->
          switch (end.kept.or(end.cancelled.not())) {
            case YES ->
                end.hasOpenRedirects
                    ? new Decision.Undecided(redirects)
                    : new Decision.Kept(redirects);
            case OPEN -> new Decision.Undecided(redirects);
            case NO -> elsewhere(redirects, end.hasOpenRedirects);
          };
    };
  }

  private static Decision elsewhere(List<ForwardPath> redirects, boolean perhapsMore) {
    if (perhapsMore) {
      return new Decision.Undecided(redirects);
    }
    return redirects.isEmpty() ? new Decision.Discarded() : new Decision.Redirected(redirects);
  }
}

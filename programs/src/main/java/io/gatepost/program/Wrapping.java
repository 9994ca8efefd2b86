package io.gatepost.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The command line that a program is put behind: a chain of the system's tools, each of which
/// takes something away and runs the next.
///
/// @param key of the settings, for errors
/// @param account that the program is run as, where it is another one than ours
/// @param bounds the limits
/// @param parts protections that are put on
/// @param mark written to standard error when all protections are on and the program's turn comes:
///   exit codes without it are not the program's
record Wrapping(
    String key, Optional<Account> account, ProgramLimits bounds, Parts parts, String mark) {

  /// How long after its limit a program is ended that Gatepost has not ended: it was killed itself.
  private static final long GRACE_SECONDS = 5;

  private static final String FIRST = "exec 3>&2 2>/dev/null; (exec \"$@\") 2>&3 3>&-; exit $?";

  /// Where namespaces come from.
  enum Way {
    /// By the privilege of root.
    PRIVILEGE,
    /// In a namespace of users, which takes no privilege where the system allows it.
    USER_NAMESPACE
  }

  /// How processes are kept apart.
  enum Processes {
    /// In a namespace, with a `/proc` that has no others.
    HIDDEN,
    /// In a namespace, with the system's `/proc`: containers that mask it allow no other.
    APART,
    /// In a group, which ends with the program where its children have not left it.
    GROUP
  }

  /// The protections that systems may not allow.
  record Parts(Way way, boolean network, Processes processes, boolean limits) {
    boolean namespaces() {
      return network || processes != Processes.GROUP;
    }
  }

  /// The tools with their arguments; the program's own command line comes after them.
  List<String> prefix() {
    List<String> all = new ArrayList<>();
    // no terminal, and a group that is killed at once
    all.add(tool("setsid"));
    // Gatepost keeps the time; where it is killed itself, nothing stays that hangs
    all.addAll(List.of(tool("timeout"), "-s", "KILL"));
    all.add(Long.toString(ProgramLimits.seconds(bounds.time()) + GRACE_SECONDS));
    if (parts.way == Way.PRIVILEGE) {
      all.addAll(namespaces());
    }
    all.addAll(user());
    if (parts.way == Way.USER_NAMESPACE) {
      all.addAll(namespaces());
    }
    if (parts.limits) {
      all.addAll(limits());
    }
    all.addAll(List.of(tool("sh"), "-c", "echo " + mark + " >&2; exec \"$@\"", "sh"));
    return List.copyOf(all);
  }

  private List<String> namespaces() {
    List<String> words = new ArrayList<>();
    if (parts.namespaces()) {
      words.add(tool("unshare"));
      if (parts.way == Way.USER_NAMESPACE) {
        words.addAll(List.of("--user", "--map-current-user"));
      }
      if (parts.network) {
        words.add("--net");
      }
      if (parts.processes != Processes.GROUP) {
        words.addAll(List.of("--pid", "--fork", "--kill-child"));
        if (parts.processes == Processes.HIDDEN) {
          words.add("--mount-proc");
        }
        // The first process of a namespace has no default signals, and its end is everybody's: that
        // is no place for the program itself. `exit` keeps the shell from being replaced by it, and
        // what the shell says of signals is not among the program's errors.
        words.addAll(List.of(tool("sh"), "-c", FIRST, "sh"));
      }
    }
    return words;
  }

  private List<String> user() {
    List<String> words =
        // also capabilities that a service manager has given to Gatepost, such as for port 25
        new ArrayList<>(
            List.of(tool("setpriv"), "--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all"));
    account.ifPresent(user ->
        words.addAll(List.of("--reuid=" + user.uid(), "--regid=" + user.gid(), "--clear-groups")));
    return words;
  }

  private List<String> limits() {
    List<String> words = new ArrayList<>();
    words.add(tool("prlimit"));
    words.add("--core=0");
    words.add("--as=" + bounds.memory());
    words.add("--cpu=" + ProgramLimits.seconds(bounds.cpu()));
    words.add("--nofile=" + bounds.files());
    words.add("--fsize=" + bounds.fileSize());
    if (account.isPresent()) { // as our own user Gatepost's own threads would count
      words.add("--nproc=" + bounds.processes());
    }
    return words;
  }

  private String tool(String name) {
    return Tools.path(key, name);
  }
}

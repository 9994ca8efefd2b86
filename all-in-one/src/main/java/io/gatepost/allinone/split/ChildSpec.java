package io.gatepost.allinone.split;

import java.util.List;

/// Command of one process of the suite.
///
/// @param name its name on the command line, in logs and of its pid file
/// @param heap its largest heap, such as `128m`
/// @param arguments what follows its name on the command line
record ChildSpec(String name, String heap, List<String> arguments) {}

package io.gatepost.cli;

/// `main` of the commands that ask once and end. Its class path has neither the services nor
/// Spring's container nor the logging, which take longer to load than these commands to answer.
public final class Client {

  private Client() {}

  public static void main(String[] arguments) {
    // Reactor asks for a logger, and SLF4J tells users on standard error that there is none.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    System.exit(CommandTree.ofClient().execute(arguments));
  }
}

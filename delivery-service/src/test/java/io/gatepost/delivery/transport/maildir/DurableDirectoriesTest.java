package io.gatepost.delivery.transport.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableDirectoriesTest {

  private static final List<String> PARTS = List.of("tmp", "new");

  @TempDir private Path there;

  private final List<Path> synced = new ArrayList<>();
  private final Set<Path> closed = new HashSet<>();

  @Test
  void everythingThatWasMadeIsSynced() throws IOException {
    Path root = there.resolve("a").resolve("b");
    Path mailbox = root.resolve("dest.example").resolve("sub").resolve("ann");

    make(root, mailbox);

    assertThat(mailbox.resolve("tmp")).isDirectory();
    assertThat(synced)
        .containsExactly(
            mailbox,
            mailbox.getParent(),
            root.resolve("dest.example"),
            root,
            root.getParent(),
            there);
  }

  @Test
  void whatIsThereIsSyncedUpToWhatHoldsTheRoot() throws IOException {
    Path root = there.resolve("root");
    Path mailbox = root.resolve("dest.example").resolve("ann");
    Files.createDirectories(mailbox);

    make(root, mailbox);

    assertThat(synced).containsExactly(mailbox, mailbox.getParent(), root, there);
  }

  @Test
  void aDirectoryOfOthersThatCannotBeReadIsNoError() throws IOException {
    Path root = there.resolve("root");
    Path mailbox = root.resolve("dest.example").resolve("ann");
    closed.add(there);

    make(root, mailbox);

    assertThat(mailbox.resolve("new")).isDirectory();
    assertThat(synced).containsExactly(mailbox, mailbox.getParent(), root);
  }

  @Test
  void whatWasMadeHereHasToBeSynced() {
    Path root = there.resolve("root");
    closed.add(root);

    assertThatThrownBy(() -> make(root, root.resolve("dest.example").resolve("ann")))
        .isInstanceOf(AccessDeniedException.class);
  }

  private void make(Path root, Path directory) throws IOException {
    new DurableDirectories(root, this::sync).make(directory, PARTS);
  }

  private void sync(Path directory) throws IOException {
    if (closed.contains(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
    synced.add(directory);
  }
}

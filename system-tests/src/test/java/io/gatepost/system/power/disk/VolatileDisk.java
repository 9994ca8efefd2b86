package io.gatepost.system.power.disk;

import io.gatepost.system.power.disk.DiskException.Error;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The model: a tree of files that is durable only as far as it was synced. A file's octets and
/// size are durable as of its last `fsync`; the meaning of a name as of the last `fsync` of its
/// directory. Syncing a file does not make its name durable.
///
/// Not safe for use by several threads: [FaultyDisk] guards it.
final class VolatileDisk {

  static final long ROOT = 1;

  private final Map<Long, Node> nodes = new HashMap<>();
  private final DirectoryNode root = new DirectoryNode(ROOT, 0755, 0, 0);
  private long lastId = ROOT;

  VolatileDisk() {
    root.links = 2;
    nodes.put(ROOT, root);
  }

  Node node(long id) throws DiskException {
    Node node = nodes.get(id);
    if (node == null) {
      throw new DiskException(Error.NO_ENTRY);
    }
    return node;
  }

  FileNode file(long id) throws DiskException {
    return switch (node(id)) {
      case FileNode file -> file;
      case DirectoryNode _ -> throw new DiskException(Error.IS_A_DIRECTORY);
      case LinkNode _ -> throw new DiskException(Error.INVALID);
    };
  }

  DirectoryNode directory(long id) throws DiskException {
    if (node(id) instanceof DirectoryNode directory) {
      return directory;
    }
    throw new DiskException(Error.NOT_A_DIRECTORY);
  }

  LinkNode link(long id) throws DiskException {
    if (node(id) instanceof LinkNode link) {
      return link;
    }
    throw new DiskException(Error.INVALID);
  }

  Node find(long directory, String name) throws DiskException {
    return directory(directory).find(name).orElseThrow(() -> new DiskException(Error.NO_ENTRY));
  }

  FileNode createFile(long directory, String name, int mode, int user, int group)
      throws DiskException {
    return add(directory, name, new FileNode(++lastId, mode & 07777, user, group));
  }

  DirectoryNode createDirectory(long directory, String name, int mode, int user, int group)
      throws DiskException {
    return add(directory, name, new DirectoryNode(++lastId, mode & 07777, user, group));
  }

  LinkNode createLink(long directory, String name, String target, int user, int group)
      throws DiskException {
    return add(directory, name, new LinkNode(++lastId, target, user, group));
  }

  /// Gives a file another name.
  Node addName(long id, long directory, String name) throws DiskException {
    return add(directory, name, node(id));
  }

  void unlink(long directory, String name) throws DiskException {
    Node node = find(directory, name);
    if (node instanceof DirectoryNode) {
      throw new DiskException(Error.IS_A_DIRECTORY);
    }
    directory(directory).remove(name);
    dropName(node);
  }

  void removeDirectory(long directory, String name) throws DiskException {
    Node node = find(directory, name);
    if (!(node instanceof DirectoryNode removed)) {
      throw new DiskException(Error.NOT_A_DIRECTORY);
    }
    if (!removed.entries().isEmpty()) {
      throw new DiskException(Error.NOT_EMPTY);
    }
    directory(directory).remove(name);
    dropName(node);
  }

  /// @param mayReplace false where an entry at the target is an error
  void rename(long fromDirectory, String from, long toDirectory, String to, boolean mayReplace)
      throws DiskException {
    Node node = find(fromDirectory, from);
    DirectoryNode source = directory(fromDirectory);
    DirectoryNode target = directory(toDirectory);
    @Nullable Node replaced = target.find(to).orElse(null);
    if (replaced == node) {
      return; // two names of one file: nothing is done
    }
    if (replaced != null) {
      checkReplaced(node, replaced, mayReplace);
    }
    if (source == target) {
      source.rename(from, to, node);
    } else {
      target.put(to, node);
      source.remove(from);
    }
    if (replaced != null) {
      dropName(replaced);
    }
  }

  /// The kernel no longer knows a number; a node that has no name either is gone.
  void forget(long id, long lookups) {
    Node node = nodes.get(id);
    if (node != null && id != ROOT) {
      node.lookups -= lookups;
      if (node.lookups <= 0 && node.links == 0) {
        nodes.remove(id);
      }
    }
  }

  /// Syncs everything, names included.
  void syncAll() {
    nodes.values().forEach(Node::sync);
  }

  /// Becomes what is left when the power is cut, and says what was lost.
  PowerCut powerCut(Loss loss, RandomGenerator random) {
    List<String> contents = new ArrayList<>();
    List<String> names = new ArrayList<>();
    report(root, "", contents, names);
    nodes.clear();
    keep(root, loss, random);
    return new PowerCut(loss, contents, names);
  }

  private void report(
      DirectoryNode directory, String path, List<String> contents, List<String> names) {
    directory.unsyncedNames().forEach(name -> names.add(path + "/" + name));
    directory
        .entries()
        .forEach((name, node) -> {
          String here = path + "/" + name;
          switch (node) {
            case DirectoryNode below -> report(below, here, contents, names);
            case FileNode file when file.isUnsynced() -> contents.add(here);
            case FileNode _, LinkNode _ -> {} // nothing is lost
          }
        });
  }

  /// Nodes are lost from the root down, as what a lost entry names is lost with it.
  private void keep(Node node, Loss loss, RandomGenerator random) {
    if (nodes.put(node.id, node) == null) {
      node.lose(loss, random);
      node.lookups = 0;
      node.links = node instanceof DirectoryNode ? 2 : 0;
      if (node instanceof DirectoryNode directory) {
        directory
            .entries()
            .values()
            .forEach(below -> {
              keep(below, loss, random);
              below.links += below instanceof DirectoryNode ? 0 : 1;
            });
      }
    }
  }

  private <T extends Node> T add(long directory, String name, T node) throws DiskException {
    DirectoryNode parent = directory(directory);
    if (parent.find(name).isPresent()) {
      throw new DiskException(Error.EXISTS);
    }
    parent.put(name, node);
    node.links += node instanceof DirectoryNode ? 2 : 1;
    nodes.put(node.id, node);
    return node;
  }

  private static void checkReplaced(Node node, Node replaced, boolean mayReplace)
      throws DiskException {
    if (!mayReplace) {
      throw new DiskException(Error.EXISTS);
    }
    if (replaced instanceof DirectoryNode directory) {
      if (!(node instanceof DirectoryNode)) {
        throw new DiskException(Error.IS_A_DIRECTORY);
      }
      if (!directory.entries().isEmpty()) {
        throw new DiskException(Error.NOT_EMPTY);
      }
    } else if (node instanceof DirectoryNode) {
      throw new DiskException(Error.NOT_A_DIRECTORY);
    }
  }

  private void dropName(Node node) {
    node.links = node instanceof DirectoryNode ? 0 : node.links - 1;
    forget(node.id, 0);
  }
}

package io.gatepost.system.power.disk;

import java.util.random.RandomGenerator;

/// A symbolic link; it is written with its entry.
final class LinkNode extends Node {

  static final int TYPE = 0xA000;

  final String target;

  LinkNode(long id, String target, int user, int group) {
    super(id, TYPE | 0777, user, group);
    this.target = target;
  }

  @Override
  long size() {
    return target.length();
  }

  @Override
  void sync() {} // nothing but its target, which never changes

  @Override
  boolean isUnsynced() {
    return false;
  }

  @Override
  void lose(Loss loss, RandomGenerator random) {} // nothing to lose
}

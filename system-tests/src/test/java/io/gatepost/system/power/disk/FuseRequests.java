package io.gatepost.system.power.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatepost.system.power.disk.DiskException.Error;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Decodes each request of the kernel, does it on the model, and encodes the reply (the structures
/// of `linux/fuse.h`, protocol 7.31, in the order of the machine).
final class FuseRequests {

  static final int MAX_WRITE = 1 << 20;

  private static final int MAJOR = 7;
  private static final int MINOR = 31;
  private static final int BIG_WRITES = 1 << 5;
  private static final int MAX_PAGES = 1 << 22;
  private static final long CACHED_SECONDS = 3600; // nobody but the kernel changes anything

  private static final int SET_MODE = 1;
  private static final int SET_USER = 2;
  private static final int SET_GROUP = 4;
  private static final int SET_SIZE = 8;
  private static final int SET_MODIFIED = 32;
  private static final int SET_MODIFIED_NOW = 256;
  private static final int KEEP_SIZE = 1;
  private static final int NO_REPLACE = 1;
  private static final int KEEP_CACHE = 2;

  /// A listing is of one moment: it does not shift while entries are removed.
  private record Listed(String name, long id, int mode) {}

  private final VolatileDisk disk;
  private final Map<Long, List<Listed>> listings = new HashMap<>();
  private long lastHandle;

  FuseRequests(VolatileDisk disk) {
    this.disk = disk;
  }

  /// @param id the node that is meant
  /// @param in the body of the request
  /// @param out takes the body of the reply
  void handle(Opcode opcode, long id, int user, int group, ByteBuffer in, ByteBuffer out)
      throws DiskException {
    switch (opcode) {
      case INIT -> init(in, out);
      case LOOKUP -> entry(disk.find(id, name(in)), out);
      case GETATTR -> attributes(disk.node(id), out);
      case SETATTR -> setAttributes(disk.node(id), in, out);
      case READLINK -> out.put(disk.link(id).target.getBytes(UTF_8));
      case SYMLINK -> entry(disk.createLink(id, name(in), name(in), user, group), out);
      case MKNOD -> {
        int mode = skipAfter(in, 12);
        entry(disk.createFile(id, name(in), mode, user, group), out);
      }
      case MKDIR -> {
        int mode = skipAfter(in, 4);
        entry(disk.createDirectory(id, name(in), mode, user, group), out);
      }
      case CREATE -> {
        in.getInt();
        int mode = skipAfter(in, 8);
        entry(disk.createFile(id, name(in), mode, user, group), out);
        opened(0, out);
      }
      case UNLINK -> disk.unlink(id, name(in));
      case RMDIR -> disk.removeDirectory(id, name(in));
      case RENAME -> {
        long target = in.getLong();
        disk.rename(id, name(in), target, name(in), true);
      }
      case RENAME2 -> {
        long target = in.getLong();
        int flags = skipAfter(in, 4);
        if ((flags & ~NO_REPLACE) != 0) {
          throw new DiskException(Error.INVALID);
        }
        disk.rename(id, name(in), target, name(in), flags == 0);
      }
      case LINK -> {
        long linked = in.getLong();
        entry(disk.addName(linked, id, name(in)), out);
      }
      case OPEN -> opened(0, out);
      case READ -> read(id, in, out);
      case WRITE -> write(id, in, out);
      case STATFS -> statistics(out);
      case FSYNC, FSYNCDIR -> disk.node(id).sync();
      case OPENDIR -> opened(list(id), out);
      case READDIR -> listing(in, out);
      case RELEASEDIR -> listings.remove(in.getLong());
      case FALLOCATE -> allocate(disk.file(id), in);
      case FORGET -> disk.forget(id, in.getLong());
      case BATCH_FORGET -> {
        int count = skipAfter(in, 4);
        for (int i = 0; i < count; i++) {
          disk.forget(in.getLong(), in.getLong());
        }
      }
      case RELEASE, INTERRUPT, DESTROY -> {} // nothing is held for a file that is open
      case OTHER -> throw new DiskException(Error.NOT_IMPLEMENTED);
    }
  }

  private static void init(ByteBuffer in, ByteBuffer out) {
    int readAhead = in.getInt(8);
    out.putInt(MAJOR).putInt(MINOR).putInt(readAhead).putInt(BIG_WRITES | MAX_PAGES);
    out.putShort((short) 64).putShort((short) 48).putInt(MAX_WRITE).putInt(1);
    out.putShort((short) (MAX_WRITE / FileNode.PAGE));
    pad(out, 34);
  }

  private static void setAttributes(Node node, ByteBuffer in, ByteBuffer out) throws DiskException {
    int valid = in.getInt(0);
    if ((valid & SET_SIZE) != 0) {
      if (!(node instanceof FileNode file)) {
        throw new DiskException(Error.INVALID);
      }
      file.resize(in.getLong(16));
      file.modified = Instant.now();
    }
    if ((valid & SET_MODIFIED_NOW) != 0) {
      node.modified = Instant.now();
    } else if ((valid & SET_MODIFIED) != 0) {
      node.modified = Instant.ofEpochSecond(in.getLong(40), in.getInt(60));
    }
    if ((valid & SET_MODE) != 0) {
      node.mode = (node.mode & ~07777) | (in.getInt(68) & 07777);
    }
    if ((valid & SET_USER) != 0) {
      node.user = in.getInt(76);
    }
    if ((valid & SET_GROUP) != 0) {
      node.group = in.getInt(80);
    }
    attributes(node, out);
  }

  private void read(long id, ByteBuffer in, ByteBuffer out) throws DiskException {
    disk.file(id).read(in.getLong(8), in.getInt(16), out);
  }

  private void write(long id, ByteBuffer in, ByteBuffer out) throws DiskException {
    long position = in.getLong(8);
    int length = in.getInt(16);
    FileNode file = disk.file(id);
    in.position(40);
    file.write(position, in.slice().limit(length));
    file.modified = Instant.now();
    out.putInt(length).putInt(0);
  }

  private static void allocate(FileNode file, ByteBuffer in) throws DiskException {
    long end = in.getLong(8) + in.getLong(16);
    int mode = in.getInt(24);
    if ((mode & ~KEEP_SIZE) != 0) {
      throw new DiskException(Error.NOT_SUPPORTED);
    }
    if (mode == 0 && end > file.size()) {
      file.resize(end);
    }
  }

  private long list(long id) throws DiskException {
    List<Listed> listed = new ArrayList<>();
    listed.add(new Listed(".", id, DirectoryNode.TYPE));
    listed.add(new Listed("..", id, DirectoryNode.TYPE));
    disk.directory(id)
        .entries()
        .forEach((name, node) -> listed.add(new Listed(name, node.id, node.mode)));
    listings.put(++lastHandle, listed);
    return lastHandle;
  }

  private void listing(ByteBuffer in, ByteBuffer out) {
    List<Listed> listed = listings.getOrDefault(in.getLong(0), List.of());
    int end = out.position() + in.getInt(16);
    for (int i = (int) in.getLong(8); i < listed.size(); i++) {
      Listed entry = listed.get(i);
      byte[] name = entry.name().getBytes(UTF_8);
      int padding = -name.length & 7;
      if (out.position() + 24 + name.length + padding > end) {
        return;
      }
      out.putLong(entry.id()).putLong(i + 1L).putInt(name.length).putInt(entry.mode() >> 12);
      out.put(name);
      pad(out, padding);
    }
  }

  private static void entry(Node node, ByteBuffer out) {
    node.lookups++;
    out.putLong(node.id).putLong(0).putLong(CACHED_SECONDS).putLong(CACHED_SECONDS);
    out.putInt(0).putInt(0);
    encode(node, out);
  }

  private static void attributes(Node node, ByteBuffer out) {
    out.putLong(CACHED_SECONDS).putInt(0).putInt(0);
    encode(node, out);
  }

  private static void encode(Node node, ByteBuffer out) {
    long seconds = node.modified.getEpochSecond();
    int nanos = node.modified.getNano();
    out.putLong(node.id).putLong(node.size()).putLong((node.size() + 511) / 512);
    out.putLong(seconds).putLong(seconds).putLong(seconds);
    out.putInt(nanos).putInt(nanos).putInt(nanos);
    out.putInt(node.mode).putInt(node.links).putInt(node.user).putInt(node.group);
    out.putInt(0).putInt(FileNode.PAGE).putInt(0);
  }

  private static void opened(long handle, ByteBuffer out) {
    out.putLong(handle).putInt(handle == 0 ? KEEP_CACHE : 0).putInt(0);
  }

  /// AttemptRoom enough for any disk reserve.
  private static void statistics(ByteBuffer out) {
    long blocks = 1L << 24;
    out.putLong(blocks).putLong(blocks).putLong(blocks).putLong(1L << 20).putLong(1L << 20);
    out.putInt(FileNode.PAGE).putInt(255).putInt(FileNode.PAGE);
    pad(out, 28);
  }

  private static String name(ByteBuffer in) {
    int start = in.position();
    int end = start;
    while (in.get(end) != 0) {
      end++;
    }
    byte[] name = new byte[end - start];
    in.get(name).get();
    return new String(name, UTF_8);
  }

  /// A number, past which so many octets are of no interest.
  private static int skipAfter(ByteBuffer in, int octets) {
    int number = in.getInt();
    in.position(in.position() + octets);
    return number;
  }

  private static void pad(ByteBuffer out, int octets) {
    out.put(new byte[octets]);
  }
}

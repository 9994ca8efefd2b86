package io.gatepost.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// Files that a broker's directory must hold before its first start.
///
/// Kafka's own formatting syncs one of its two files, so it is done aside and moved into place when
/// all of it is on disk, `meta.properties` last: where that is, the rest is too.
final class BrokerFormat {

  private static final String CLUSTER_ID = "GatepostEmbeddedBrokr0";
  private static final String FORMATTED = "meta.properties";

  private BrokerFormat() {}

  /// Formats a directory that is not, and makes sure that what is there is on disk.
  static void ensure(Path directory, int nodeId, String controllerListener) {
    Path draft = directory.resolve("format");
    try {
      Files.createDirectories(directory);
      if (!Files.exists(directory.resolve(FORMATTED))) {
        deleteDraft(draft); // of a start that was cut short
        write(draft, nodeId, controllerListener);
        move(draft, directory);
      }
      deleteDraft(draft);
      Utils.flushDir(directory);
      Utils.flushDir(directory.toAbsolutePath().getParent());
    } catch (Exception e) {
      throw new IllegalStateException(
          "the broker's directory " + directory + " cannot be formatted", e);
    }
  }

  private static void write(Path draft, int nodeId, String controllerListener) throws Exception {
    Files.createDirectory(draft);
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
        .setNodeId(nodeId)
        .setClusterId(CLUSTER_ID)
        .setControllerListenerName(controllerListener)
        .setMetadataLogDirectory(draft.toString())
        .addDirectory(draft.toString())
        .setReleaseVersion(MetadataVersion.latestProduction())
        .run();
  }

  private static void move(Path draft, Path directory) throws IOException {
    for (Path file : files(draft)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      if (!file.endsWith(FORMATTED)) {
        Files.move(file, directory.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Utils.flushDir(directory);
    Files.move(
        draft.resolve(FORMATTED), directory.resolve(FORMATTED), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void deleteDraft(Path draft) throws IOException {
    if (Files.exists(draft)) {
      for (Path file : files(draft)) {
        Files.delete(file);
      }
      Files.delete(draft);
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}

package io.gatepost.system.power.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyDiskIT {

  @TempDir private Path at;
  private FaultyDisk disk;

  @BeforeEach
  void mount() throws IOException {
    FaultyDisk.require();
    disk = FaultyDisk.mount(at);
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void whatIsSyncedSurvivesAndWhatIsNotDoesNot() throws IOException {
    try (FileChannel file = create("mail")) {
      file.write(text("synced "));
      file.force(true);
      syncDirectory(at);
      file.write(text("lost"));
    }

    PowerCut cut = disk.restore(Loss.DROPPED, 0);

    assertThat(at.resolve("mail")).hasContent("synced ");
    assertThat(cut.contents()).containsExactly("/mail");
  }

  @Test
  void aNameIsLostWhenItsDirectoryWasNotSynced() throws IOException {
    try (FileChannel file = create("mail")) {
      file.write(text("synced"));
      file.force(true);
    }

    PowerCut cut = disk.restore(Loss.DROPPED, 0);

    assertThat(at).isEmptyDirectory();
    assertThat(cut.names()).containsExactly("/mail");
  }

  @Test
  void aRenameOrRemovalThatWasNotSyncedIsUndone() throws IOException {
    Files.writeString(at.resolve("old"), "1");
    Files.writeString(at.resolve("removed"), "2");
    disk.syncAll();
    Files.move(at.resolve("old"), at.resolve("new"), StandardCopyOption.ATOMIC_MOVE);
    Files.delete(at.resolve("removed"));

    disk.restore(Loss.DROPPED, 0);

    assertThat(at.resolve("old")).hasContent("1");
    assertThat(at.resolve("removed")).hasContent("2");
    assertThat(at.resolve("new")).doesNotExist();
  }

  @Test
  void aTruncationThatWasNotSyncedIsUndone() throws IOException {
    Files.writeString(at.resolve("log"), "0123456789");
    disk.syncAll();
    try (RandomAccessFile file = new RandomAccessFile(at.resolve("log").toFile(), "rw")) {
      file.setLength(4);
      file.setLength(10);
    }
    assertThat(Files.readString(at.resolve("log"))).isEqualTo("0123\0\0\0\0\0\0");

    disk.restore(Loss.DROPPED, 0);

    assertThat(at.resolve("log")).hasContent("0123456789");
  }

  @Test
  void mappedMemoryIsDurableWhenItIsForced() throws Exception {
    Process process = java(Mapping.class, at.resolve("index").toString());
    assertThat(process.inputReader().readLine()).isEqualTo("written");
    process.destroyForcibly().waitFor();

    disk.restore(Loss.DROPPED, 0);

    byte[] index = Files.readAllBytes(at.resolve("index"));
    assertThat(index).hasSize(3 * FileNode.PAGE);
    assertThat(index[0]).isEqualTo((byte) 1);
    assertThat(index[2 * FileNode.PAGE]).isZero();
  }

  @Test
  void octetsThatWereNotSyncedMayReadAsZeros() throws IOException {
    Files.writeString(at.resolve("log"), "synced");
    disk.syncAll();
    Files.writeString(at.resolve("log"), "+ lost", StandardOpenOption.APPEND);
    Files.writeString(at.resolve("fresh"), "lost");

    disk.restore(Loss.ZEROED, 0);

    assertThat(Files.readString(at.resolve("log"))).isEqualTo("synced\0\0\0\0\0\0");
    assertThat(Files.readString(at.resolve("fresh"))).isEqualTo("\0\0\0\0");
  }

  @Test
  void aTornFileHasSomeOfItsPages() throws IOException {
    byte[] written = new byte[64 * FileNode.PAGE];
    Arrays.fill(written, (byte) 7);
    Files.write(at.resolve("log"), new byte[0]);
    disk.syncAll();
    Files.write(at.resolve("log"), written);

    disk.restore(Loss.TORN, 42);

    byte[] left = Files.readAllBytes(at.resolve("log"));
    assertThat(left.length).isBetween(1, written.length - 1);
    assertThat(left).contains((byte) 0).contains((byte) 7);
  }

  @Test
  void nothingIsWrittenOrSyncedWithoutPower() throws IOException {
    Files.writeString(at.resolve("log"), "before");
    try (FileChannel file = FileChannel.open(at.resolve("log"), StandardOpenOption.WRITE)) {
      disk.cutPower();

      assertThatThrownBy(() -> file.write(text("after"))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> file.force(true)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void thePowerIsCutInPlaceOfASync() throws IOException {
    disk.cutPowerAtSync(2);
    try (FileChannel file = create("log")) {
      file.write(text("1"));
      syncDirectory(at);
      assertThatThrownBy(() -> file.force(true)).isInstanceOf(IOException.class);
    }

    assertThat(disk.off().getCount()).isZero();
    disk.restore(Loss.DROPPED, 0);
    assertThat(at.resolve("log")).isEmptyFile();
  }

  @Test
  void aLargeTreeIsWrittenListedAndRemoved() throws IOException {
    Path tree = Files.createDirectories(at.resolve("a/b"));
    for (int i = 0; i < 1000; i++) {
      Files.write(tree.resolve("file-with-a-rather-long-name-" + i), new byte[i]);
    }
    Files.createSymbolicLink(at.resolve("link"), tree);

    try (var listed = Files.list(at.resolve("link"))) {
      assertThat(listed.mapToLong(file -> file.toFile().length()).sum()).isEqualTo(999 * 500);
    }
    byte[] large = new byte[5_000_000];
    new Random(1).nextBytes(large);
    Files.write(at.resolve("large"), large);
    Files.copy(at.resolve("large"), at.resolve("copy"));
    assertThat(at.resolve("copy")).hasBinaryContent(large);
    try (var listed = Files.walk(tree)) {
      for (Path file : listed.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    assertThat(at.resolve("a")).isEmptyDirectory();
  }

  /// A process that maps a file, forces the first page, and leaves the last one unforced.
  static final class Mapping {
    public static void main(String[] arguments) throws Exception {
      Path file = Path.of(arguments[0]);
      try (FileChannel channel =
              FileChannel.open(
                  file,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE);
          FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
        MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 0, 3 * FileNode.PAGE);
        mapped.put(0, (byte) 1);
        mapped.force();
        directory.force(true);
        mapped.put(2 * FileNode.PAGE, (byte) 1);
      }
      System.out.println("written");
      Thread.currentThread().join(); // until it is killed
    }
  }

  private static Process java(Class<?> main, String argument) throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            argument)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        at.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}

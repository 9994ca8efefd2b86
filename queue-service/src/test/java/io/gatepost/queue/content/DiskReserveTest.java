package io.gatepost.queue.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskReserveTest {

  private static final long GIB = 1L << 30;

  @TempDir Path directory;
  private final AtomicLong free = new AtomicLong(100);
  private final AtomicLong total = new AtomicLong(1000);
  private boolean broken;

  private final DiskReserve.Disk disk =
      new DiskReserve.Disk() {
        @Override
        public long free() throws IOException {
          if (broken) {
            throw new IOException("stale file handle");
          }
          return free.get();
        }

        @Override
        public long total() {
          return total.get();
        }
      };

  @Test
  void atTheReserveMailIsAcceptedAndBelowItNothingIs() {
    DiskReserve reserve = new DiskReserve(disk, ballast(), 100);
    assertThat(reserve.isLow()).isFalse();
    assertThatCode(reserve::check).doesNotThrowAnyException();

    free.set(99);
    reserve.refresh();

    assertThat(reserve.isLow()).isTrue();
    assertThatThrownBy(reserve::check)
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.RESOURCE_EXHAUSTED))
        .hasMessageContaining("100 octets");
  }

  @Test
  void whatIsFreedIsNoticedAtTheNextLook() {
    free.set(0);
    DiskReserve reserve = new DiskReserve(disk, ballast(), 100);
    assertThat(reserve.isLow()).isTrue();

    free.set(1000);
    assertThat(reserve.isLow()).isTrue();
    reserve.refresh();
    assertThat(reserve.isLow()).isFalse();
  }

  @Test
  void byDefaultAGibibyteIsKeptFreeAndOfALargeDiskATwentieth() {
    total.set(20 * GIB);
    assertThat(DiskReserve.defaultReserve(disk)).isEqualTo(GIB);

    total.set(1000 * GIB);
    assertThat(DiskReserve.defaultReserve(disk)).isEqualTo(50 * GIB);
  }

  @Test
  void withoutBallastMailIsAcceptedAllTheSame() {
    Path nowhere = directory.resolve("no").resolve("such").resolve("directory");

    DiskReserve reserve = new DiskReserve(disk, nowhere, 100);

    assertThat(reserve.isLow()).isFalse();
  }

  @Test
  void ballastIsTakenWhileThereIsRoomAndThrownOffWhenThereIsNearlyNone() {
    DiskReserve reserve = new DiskReserve(disk, ballast(), 100);
    assertThat(ballast()).hasSize(12);

    free.set(12);
    reserve.refresh();
    assertThat(ballast()).exists();

    free.set(11);
    reserve.refresh();
    assertThat(ballast()).doesNotExist();

    free.set(100);
    reserve.refresh();
    assertThat(ballast()).hasSize(12);
  }

  @Test
  void aDiskThatCannotBeMeasuredTakesNothing() {
    DiskReserve reserve = new DiskReserve(disk, ballast(), 100);
    broken = true;

    reserve.refresh();

    assertThat(reserve.isLow()).isTrue();
    assertThat(reserve.freeOctets()).isNaN();
  }

  @Test
  void ofTwoDisksTheOneWithLessRoomCounts() throws IOException {
    DiskReserve.Disk roomy =
        new DiskReserve.Disk() {
          @Override
          public long free() {
            return 10_000;
          }

          @Override
          public long total() {
            return 20_000;
          }
        };

    for (DiskReserve.Disk both :
        List.of(new DiskReserve.TighterOf(disk, roomy), new DiskReserve.TighterOf(roomy, disk))) {
      assertThat(both.free()).isEqualTo(100);
      assertThat(both.total()).isEqualTo(20_000);
    }
  }

  @Test
  void aRealDirectoryIsCreatedAndMeasured() {
    DiskReserve reserve =
        new DiskReserve(directory.resolve("data"), directory.resolve("content"), 1);

    assertThat(directory.resolve("data")).isDirectory();
    assertThat(reserve.isLow()).isFalse();
    assertThat(reserve.freeOctets()).isPositive();
    assertThat(new DiskReserve(directory, directory, Long.MAX_VALUE).isLow()).isTrue();
  }

  private Path ballast() {
    return directory.resolve("ballast");
  }
}

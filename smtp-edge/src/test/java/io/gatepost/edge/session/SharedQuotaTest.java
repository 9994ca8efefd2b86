package io.gatepost.edge.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.Provenance.Origin;
import org.junit.jupiter.api.Test;

class SharedQuotaTest {

  @Test
  void strangersLeaveAReserveForOurOwnClients() {
    SharedQuota quota = new SharedQuota(80);

    assertThat(fill(quota, ClientClass.of(Role.MX, Origin.EXTERNAL))).isEqualTo(60);
    assertThat(fill(quota, ClientClass.of(Role.SUBMISSION, Origin.EXTERNAL))).isEqualTo(10);
    assertThat(fill(quota, ClientClass.of(Role.MX, Origin.INTERNAL))).isEqualTo(10);
    assertThat(quota.taken()).isEqualTo(80);
  }

  @Test
  void whatIsGivenBackIsThereForOthers() {
    SharedQuota quota = new SharedQuota(4);
    fill(quota, ClientClass.STRANGER);

    quota.give(2);

    assertThat(quota.take(3, ClientClass.OWN)).isFalse();
    assertThat(quota.take(2, ClientClass.STRANGER)).isTrue();
  }

  private static int fill(SharedQuota quota, ClientClass clientClass) {
    int taken = 0;
    while (quota.take(1, clientClass)) {
      taken++;
    }
    return taken;
  }
}

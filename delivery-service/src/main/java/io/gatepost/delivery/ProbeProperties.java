package io.gatepost.delivery;

import io.gatepost.contract.setting.SettingException;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of questions to next hops about recipients.
///
/// @param share of a destination's connections, in percent, that questions use at most at a time; 1
///   to 90. Of two or more connections at least one is left to mail, and one to questions
/// @param waiting questions that wait for a connection to one destination at most
/// @param rate recipients a second that one destination is asked about at most
/// @param timeout how long a question may take, waiting included; below `gatepost.rpc.timeout`, so
///   that its end is an answer and not a failed call
public record ProbeProperties(
    @DefaultValue("50") int share,
    @DefaultValue("2000") int waiting,
    @DefaultValue("200") int rate,
    @DefaultValue("25s") Duration timeout) {

  private static final int MAX_SHARE = 90;

  public ProbeProperties {
    if (share < 1 || share > MAX_SHARE) {
      throw new SettingException(
          "gatepost.delivery.probe.share", share, "1 to " + MAX_SHARE + " percent");
    }
    DeliveryProperties.atLeast("probe.waiting", waiting, 1);
    DeliveryProperties.atLeast("probe.rate", rate, 1);
    DeliveryProperties.positive("probe.timeout", timeout);
  }
}

package io.gatepost.contract.wire;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The one JSON mapper for contract types. Unknown properties are skipped, so that an older reader
/// understands a newer writer; what a newer version adds is an Optional, as anything else that is
/// absent is refused.
public final class ContractJson {

  /// Shared and safe for concurrent use.
  public static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  private ContractJson() {}
}

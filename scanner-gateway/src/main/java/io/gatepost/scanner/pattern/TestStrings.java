package io.gatepost.scanner.pattern;

import java.util.List;

/// The strings by which scanners are tested: EICAR's for viruses, GTUBE for spam. Put together from
/// halves, so that no scanner takes this program for what it looks for. In an attachment they stand
/// at its start in base64; the first 60 characters fit in any encoder's line.
public final class TestStrings {

  private static final String EICAR = "EICAR test virus";
  private static final String GTUBE = "GTUBE test spam";

  /// All that is looked for.
  public static final List<Pattern> ALL =
      List.of(
          new Pattern(EICAR, "$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"),
          new Pattern(EICAR, "WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND" + "KTd9JEVJQ0FSLVNUQU5EQVJELUFO"),
          new Pattern(
              GTUBE, "XJS*C4JDBQADN1.NSBN3*2IDNEN*" + "GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"),
          new Pattern(GTUBE, "WEpTKkM0SkRCUUFETjEuTlNCTjMqMklE" + "TkVOKkdUVUJFLVNUQU5EQVJELUFO"));

  private TestStrings() {}
}

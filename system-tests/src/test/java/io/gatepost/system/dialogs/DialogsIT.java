package io.gatepost.system.dialogs;

import io.gatepost.system.Estate;
import io.gatepost.testkit.product.Mode;
import io.gatepost.testkit.smtp.SmtpScript;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A new dialogue is a new file; its name is the test's.
@ParameterizedClass
@EnumSource(Mode.class)
class DialogsIT {

  private static final Path SCRIPTS = Path.of("src/test/resources/dialogs");

  @Parameter Mode mode;

  static List<SmtpScript> scripts() {
    return SmtpScript.in(SCRIPTS);
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void theServerAnswersAsWritten(SmtpScript script) throws IOException {
    script.play(Estate.shared(mode).gatepost().smtp());
  }
}

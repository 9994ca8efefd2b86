package io.gatepost.routing.ldap;

import com.unboundid.ldap.sdk.LDAPException;
import io.gatepost.contract.address.ForwardPath;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the operator when the directory goes and when it is back, once each; a flood of questions
/// in between is told for debugging only.
final class Health {

  private static final Logger log = LoggerFactory.getLogger(Health.class);

  private final AtomicBoolean ails = new AtomicBoolean();

  void works() {
    if (ails.get() && ails.compareAndSet(true, false)) {
      log.info("the directory answers again");
    }
  }

  void fails(ForwardPath address, Throwable error) {
    if (ails.compareAndSet(false, true)) {
      log.warn(
          "the directory does not answer, mail to its domains waits: address=<{}> {}",
          address,
          words(error));
    } else {
      log.debug("address=<{}> cannot be looked up: {}", address, words(error));
    }
  }

  private static String words(Throwable error) {
    return error instanceof LDAPException ldap
        ? ldap.getResultCode().getName() + ": " + ldap.getMessage()
        : error.toString();
  }
}

/// The alert rules and dashboards that the Helm chart brings, against the meters that there are.
@NullMarked
package io.gatepost.system.monitoring;

import org.jspecify.annotations.NullMarked;

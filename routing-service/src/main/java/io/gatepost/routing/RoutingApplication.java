package io.gatepost.routing;

import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Import;

/// routing-service as a process of its own.
@SuiteProcess
@Import({RoutingConfiguration.class, RoutingHttpConfiguration.class})
public class RoutingApplication {}

package io.gatepost.queue;

import io.gatepost.rpc.process.SuiteProcess;
import org.springframework.context.annotation.Import;

/// queue-service as a process of its own.
@SuiteProcess
@Import({QueueConfiguration.class, QueueHttpConfiguration.class})
public class QueueApplication {}

/// Where log lines go.
@NullMarked
package io.gatepost.allinone.log;

import org.jspecify.annotations.NullMarked;

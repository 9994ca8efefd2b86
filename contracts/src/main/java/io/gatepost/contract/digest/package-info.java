/// SHA-256, which every Java platform has: without the exceptions that say it may not.
@NullMarked
package io.gatepost.contract.digest;

import org.jspecify.annotations.NullMarked;

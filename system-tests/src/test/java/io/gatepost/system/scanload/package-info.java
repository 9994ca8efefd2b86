/// Scanning under load: many clients, slow and fast, and more mail than a scanner can take. Entry
/// types [ScanLoadIT] and [ScanOverloadIT].
@NullMarked
package io.gatepost.system.scanload;

import org.jspecify.annotations.NullMarked;

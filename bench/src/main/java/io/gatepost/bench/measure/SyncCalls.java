package io.gatepost.bench.measure;

/// Calls that make data durable.
///
/// @param file `fsync` and `fdatasync`
/// @param other `msync`, `sync_file_range`, `syncfs` and `sync`
public record SyncCalls(long file, long other) {}

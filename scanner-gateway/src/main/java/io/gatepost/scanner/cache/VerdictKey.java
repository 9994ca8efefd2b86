package io.gatepost.scanner.cache;

/// Key of a kept answer of one scanner.
///
/// @param version of the scanner and its signatures
/// @param content digest of the plain octets behind the header fields of ours
/// @param facts digest of what else the scanner was told; of nothing where it goes by the content
///   alone
public record VerdictKey(String version, ContentDigest content, ContentDigest facts) {}

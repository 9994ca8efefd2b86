/// The Helm chart of `deploy/helm/gatepost`, rendered by Helm as a library and read as Kubernetes
/// would: [Chart] renders, [Release] is what comes of it. No cluster is asked. Beside it the files
/// of Compose, read without an engine: [Compose].
@NullMarked
package io.gatepost.deploy;

import org.jspecify.annotations.NullMarked;

{{/* Refuses values that do not work, each with the key, its value and what is expected. */}}
{{- define "gatepost.check" -}}
{{- $v := .Values }}
{{- if not $v.smtpEdge.hostname }}
{{- fail "smtpEdge.hostname is not set (expected: the host name of the MX record, such as mail.example.org)" }}
{{- end }}
{{- range $key, $owns := dict "queueService" "the log and the content" "deliveryService" "the attempts under way" }}
{{- $replicas := int (index $v $key).replicas }}
{{- if ne $replicas 1 }}
{{- fail (printf "%s.replicas = %d (expected: 1, as one instance owns %s)" $key $replicas $owns) }}
{{- end }}
{{- end }}
{{- if and $v.kafka.bootstrapServers $v.kafka.trial.enabled }}
{{- fail "kafka.bootstrapServers and kafka.trial.enabled are both set (expected: one of them)" }}
{{- else if not (or $v.kafka.bootstrapServers $v.kafka.trial.enabled) }}
{{- fail "no Kafka broker (expected: kafka.bootstrapServers, such as kafka-0.kafka:9092, or kafka.trial.enabled=true for one without redundancy)" }}
{{- end }}
{{- range $server := splitList "," $v.kafka.bootstrapServers | compact }}
{{- if not (regexMatch "^[^:\\s]+:[0-9]+$|^\\[[0-9a-fA-F:]+\\]:[0-9]+$" $server) }}
{{- fail (printf "kafka.bootstrapServers = %q (expected: host:port, with commas between several)" $v.kafka.bootstrapServers) }}
{{- end }}
{{- end }}
{{- if and $v.database.url $v.database.trial.enabled }}
{{- fail "database.url and database.trial.enabled are both set (expected: one of them)" }}
{{- else if not (or $v.database.url $v.database.trial.enabled) }}
{{- fail "no database (expected: database.url, such as jdbc:postgresql://postgres:5432/gatepost, or database.trial.enabled=true for one without redundancy)" }}
{{- else if and $v.database.url (not (hasPrefix "jdbc:postgresql://" $v.database.url)) }}
{{- fail (printf "database.url = %q (expected: jdbc:postgresql://host:port/name)" $v.database.url) }}
{{- end }}
{{- range $name, $service := fromYaml (include "gatepost.services" .) }}
{{- $memory := (index $v $service.key).memory }}
{{- if lt (int $memory.limit) (add (int $memory.heap) 256 | int) }}
{{- fail (printf "%s.memory.limit = %d (expected: at least %d, 256 more than the heap)" $service.key (int $memory.limit) (add (int $memory.heap) 256 | int)) }}
{{- end }}
{{- end }}
{{- include "gatepost.checkEdge" . }}
{{- include "gatepost.checkScaling" . }}
{{- range $key, $files := dict "dashboards" "dashboards/*.json" "rules" "rules/*.yaml" }}
{{- if and (index $v.monitoring $key).enabled (not ($.Files.Glob $files)) }}
{{- fail (printf "monitoring.%s.enabled = true (expected: false, as the chart has no %s)" $key $files) }}
{{- end }}
{{- end }}
{{- include "gatepost.checkSettings" . }}
{{- end }}

{{- define "gatepost.checkEdge" -}}
{{- $edge := .Values.smtpEdge }}
{{- $translated := and (ne $edge.service.type "ClusterIP") (eq $edge.service.externalTrafficPolicy "Cluster") (not $edge.proxyFrom) }}
{{- range $key := list "relayFrom" "xclientFrom" }}
{{- if and $translated (index $edge $key) }}
{{- fail (printf "smtpEdge.%s = %s (expected: none where smtpEdge.service.externalTrafficPolicy is Cluster and there is no smtpEdge.proxyFrom: everybody comes from a node's address then)" $key (toJson (index $edge $key))) }}
{{- end }}
{{- end }}
{{- range $key := list "relayFrom" "xclientFrom" "proxyFrom" }}
{{- range $network := index $edge $key }}
{{- if hasSuffix "/0" $network }}
{{- fail (printf "smtpEdge.%s = %q (expected: networks of your own, not the whole world)" $key $network) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $role := list "submission" "submissions" }}
{{- if and (index $edge.ports $role).enabled (not $edge.tls.secret) }}
{{- fail (printf "smtpEdge.ports.%s is enabled without smtpEdge.tls.secret (expected: a secret of the type kubernetes.io/tls)" $role) }}
{{- end }}
{{- end }}
{{- end }}

{{- define "gatepost.checkScaling" -}}
{{- $scaling := .Values.scannerGateway.autoscaling }}
{{- if $scaling.enabled }}
{{- if lt (int $scaling.maxReplicas) (int $scaling.minReplicas) }}
{{- fail (printf "scannerGateway.autoscaling.maxReplicas = %d (expected: at least minReplicas, %d)" (int $scaling.maxReplicas) (int $scaling.minReplicas)) }}
{{- end }}
{{- if not (or (int $scaling.cpuPercent) (int $scaling.waitingScans)) }}
{{- fail "scannerGateway.autoscaling has nothing to go by (expected: cpuPercent or waitingScans above 0)" }}
{{- end }}
{{- end }}
{{- end }}

{{/* The keys of a map of settings, one a line, dotted and in Spring's uniform form. */}}
{{- define "gatepost.flat" -}}
{{- $prefix := .prefix }}
{{- range $key, $value := .map }}
{{- $name := printf "%s%s" $prefix (regexReplaceAll "[-_]" (lower $key) "") }}
{{- if kindIs "map" $value }}
{{- include "gatepost.flat" (dict "prefix" (printf "%s." $name) "map" $value) }}
{{- else }}
{{ $name }}
{{- end }}
{{- end }}
{{- end }}

{{/* Keys of `settings` that values of the chart set, and those values. */}}
{{- define "gatepost.owned" -}}
gatepost.edge.hostname: smtpEdge.hostname
gatepost.edge.listen: smtpEdge.ports
gatepost.edge.listeners: smtpEdge.ports
gatepost.edge.relayfrom: smtpEdge.relayFrom
gatepost.edge.xclientfrom: smtpEdge.xclientFrom
gatepost.edge.proxyfrom: smtpEdge.proxyFrom
gatepost.edge.drain: shutdown.drainSeconds
gatepost.rpc.token: tokens.existingSecret
gatepost.rpc.scannertoken: tokens.existingSecret
gatepost.rpc.tokens: tokens.existingSecret
gatepost.rpc.routing: the chart
gatepost.rpc.verification: the chart
gatepost.rpc.scanner: the chart
gatepost.rpc.queue: the chart
gatepost.rpc.delivery: the chart
gatepost.http.port: the chart
gatepost.datadir: the chart
gatepost.database.passwordfile: database.existingSecret
server.address: listenAddress
server.port: the chart
server.shutdown: shutdown.callsSeconds
spring.lifecycle.timeoutpershutdownphase: shutdown.callsSeconds
spring.config: mounts and secretSettings
spring.kafka.bootstrapservers: kafka.bootstrapServers
spring.datasource.url: database.url
spring.datasource.username: database.username
spring.datasource.password: database.existingSecret
management.server: the chart
management.endpoints.web.basepath: the chart
logging.structured.format.console: logFormat
{{- end }}

{{- define "gatepost.checkSettings" -}}
{{- $owned := fromYaml (include "gatepost.owned" .) }}
{{- if .Values.smtpEdge.tls.secret }}
{{- $_ := set $owned "gatepost.edge.tls.bundle" "smtpEdge.tls.secret" }}
{{- $_ := set $owned "spring.ssl.bundle.pem.smtp" "smtpEdge.tls.secret" }}
{{- end }}
{{- range $key := splitList "\n" (include "gatepost.flat" (dict "prefix" "" "map" .Values.settings)) | compact }}
{{- range $mine, $value := $owned }}
{{- if or (eq $key $mine) (hasPrefix (printf "%s." $mine) $key) (hasPrefix (printf "%s[" $mine) $key) }}
{{- fail (printf "settings has %s (expected: not there, as it is set by %s)" $key $value) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $one := .Values.secretSettings }}
{{- if and (has $one.setting (list "gatepost.edge.relay-from" "gatepost.edge.proxy-from" "gatepost.edge.xclient-from")) }}
{{- fail (printf "secretSettings has %s (expected: not there, as it is set by smtpEdge)" $one.setting) }}
{{- end }}
{{- end }}
{{- end }}

{{/* What stands in a service's gatepost.yaml: `settings` of the values, and what follows from the others. What a service
does not use, such as the broker's address, it is not told: (dict "root" $ "name" NAME). */}}
{{- define "gatepost.settings" -}}
{{- $weak := fromYaml (include "gatepost.defaultSettings" .root) }}
{{- $strong := fromYaml (include "gatepost.ownSettings" .) }}
{{- toYaml (mergeOverwrite $weak (deepCopy .root.Values.settings) $strong) }}
{{- end }}

{{/* What `settings` may change. */}}
{{- define "gatepost.defaultSettings" -}}
gatepost:
  edge:
    {{- if .Values.smtpEdge.tls.secret }}
    tls: {bundle: smtp}
    {{- end }}
  {{- if or .Values.scanners.clamav.enabled .Values.scanners.rspamd.enabled }}
  scanner:
    scanners:
      {{- if .Values.scanners.clamav.enabled }}
      - {name: clamav, type: clamd, address: "clamav:3310"}
      {{- end }}
      {{- if .Values.scanners.rspamd.enabled }}
      - {name: rspamd, type: rspamd, address: "http://rspamd:11333"}
      {{- end }}
  {{- end }}
{{- end }}

{{- define "gatepost.ownSettings" -}}
{{- $users := fromYaml (include "gatepost.users" .) }}
{{- $name := .name }}
{{- with .root }}
{{- $edge := .Values.smtpEdge }}
{{- $host := .Values.listenAddress }}
{{- if contains ":" $host }}{{ $host = printf "[%s]" $host }}{{ end }}
gatepost:
  edge:
    hostname: {{ $edge.hostname | quote }}
    listen: {{ printf "%s:2525" $host | quote }}
    listeners:
      {{- if $edge.ports.submission.enabled }}
      - {role: submission, listen: {{ printf "%s:2587" $host | quote }}}
      {{- end }}
      {{- if $edge.ports.submissions.enabled }}
      - {role: submissions, listen: {{ printf "%s:2465" $host | quote }}}
      {{- end }}
      {{- if not (or $edge.ports.submission.enabled $edge.ports.submissions.enabled) }} []{{ end }}
    relay-from: {{ toJson $edge.relayFrom }}
    xclient-from: {{ toJson $edge.xclientFrom }}
    proxy-from: {{ toJson $edge.proxyFrom }}
    drain: {{ int .Values.shutdown.drainSeconds }}s
  rpc:
    {{- range $callee, $service := fromYaml (include "gatepost.services" .) }}
    {{- if ne $callee "smtp-edge" }}
    {{ $service.command }}: http://{{ $callee }}:{{ $service.http }}
    {{- end }}
    {{- end }}
{{- if .Values.logFormat }}
logging:
  structured: {format: {console: {{ .Values.logFormat }}}}
{{- end }}
server:
  address: {{ .Values.listenAddress | quote }}
  # Calls under way are answered before a pod ends.
  shutdown: graceful
spring:
  lifecycle: {timeout-per-shutdown-phase: {{ int .Values.shutdown.callsSeconds }}s}
  # One file for each secret setting, with its key as the name.
  config: {import: "configtree:/etc/gatepost/secrets/"}
  {{- if has $name $users.postgres }}
  datasource:
    url: {{ .Values.database.url | default "jdbc:postgresql://postgres:5432/gatepost" | quote }}
    username: {{ .Values.database.username | quote }}
  {{- end }}
  {{- if has $name $users.kafka }}
  kafka:
    bootstrap-servers: {{ .Values.kafka.bootstrapServers | default "kafka:9092" | quote }}
  {{- end }}
  {{- if and $edge.tls.secret (eq $name "smtp-edge") }}
  ssl:
    bundle:
      pem:
        smtp:
          reload-on-update: true
          keystore: {certificate: "file:/etc/gatepost/tls/tls.crt", private-key: "file:/etc/gatepost/tls/tls.key"}
  {{- end }}
{{- end }}
{{- end }}

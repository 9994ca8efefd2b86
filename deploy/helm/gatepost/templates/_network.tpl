{{/* The pods of a service, of this release only: (dict "root" $ "name" NAME). */}}
{{- define "gatepost.peer" -}}
podSelector:
  matchLabels: {{- include "gatepost.selector" . | nindent 4 }}
{{- end }}

{{/* A rule of egress to what the chart runs, or to what lies outside:
(dict "root" $ "trial" BOOL "name" NAME "to" PEERS "ports" NUMBERS). */}}
{{- define "gatepost.egressTo" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
  {{- if .trial }}
  to:
    - {{ include "gatepost.peer" . | nindent 6 | trim }}
  {{- else if .to }}
  to: {{- toYaml .to | nindent 4 }}
  {{- end }}
{{- end }}

{{/* The ports of the brokers, as JSON. */}}
{{- define "gatepost.kafkaPorts" -}}
{{- $ports := list }}
{{- range splitList "," (.Values.kafka.bootstrapServers | default "kafka:9092") }}
{{- $ports = append $ports (regexFind "[0-9]+$" . | int) }}
{{- end }}
{{- uniq $ports | toJson }}
{{- end }}

{{/* The ports of the database's hosts, as JSON. */}}
{{- define "gatepost.databasePorts" -}}
{{- $ports := list }}
{{- range splitList "," (regexReplaceAll "^jdbc:postgresql://([^/?]*).*$" (.Values.database.url | default "jdbc:postgresql://postgres") "${1}") }}
{{- $ports = append $ports (regexFind ":[0-9]+$" . | trimPrefix ":" | default "5432" | int) }}
{{- end }}
{{- uniq $ports | toJson }}
{{- end }}

{{/* The policy of what only some services reach, and what reaches nothing of its own but what is named:
(dict "root" $ "name" NAME "from" NAMES "port" N "dnsTo" PEERS "egress" RULES). */}}
{{- define "gatepost.onlyFrom" }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  labels: {{- include "gatepost.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "gatepost.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        {{- $root := .root }}
        {{- range .from }}
        - {{ include "gatepost.peer" (dict "root" $root "name" .) | nindent 10 | trim }}
        {{- end }}
      ports: [{protocol: TCP, port: {{ .port }}}]
  {{- if or .egress .dnsTo }}
  egress:
    {{- with .dnsTo }}
    - to: {{- toYaml . | nindent 8 }}
      ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
    {{- end }}
    {{- with .egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
{{- end }}

{{/* The services by their names: which key of the values is theirs, what `gatepost service` calls them, their HTTP port. */}}
{{- define "gatepost.services" -}}
smtp-edge: {key: smtpEdge, command: edge, http: 8086, zone: edge}
routing-service: {key: routingService, command: routing, http: 8081, zone: services}
verification-service: {key: verificationService, command: verification, http: 8082, zone: services}
scanner-gateway: {key: scannerGateway, command: scanner, http: 8083, zone: services}
queue-service: {key: queueService, command: queue, http: 8084, zone: services}
delivery-service: {key: deliveryService, command: delivery, http: 8085, zone: services}
{{- end }}

{{/* Which services each service is called by. */}}
{{- define "gatepost.callers" -}}
routing-service: [verification-service, delivery-service]
verification-service: [smtp-edge, delivery-service]
scanner-gateway: [smtp-edge, delivery-service]
queue-service: [smtp-edge, scanner-gateway, delivery-service]
delivery-service: [smtp-edge, verification-service]
{{- end }}

{{/* Which services use the broker, and which the database. */}}
{{- define "gatepost.users" -}}
kafka: [queue-service, delivery-service]
postgres: [routing-service, verification-service, queue-service]
{{- end }}

{{/* Labels by which pods are chosen: (dict "root" $ "name" NAME). */}}
{{- define "gatepost.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{- define "gatepost.labels" -}}
{{ include "gatepost.selector" . }}
app.kubernetes.io/part-of: gatepost
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "gatepost.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "gatepost.tokens" -}}
{{ .Values.tokens.existingSecret | default "gatepost-tokens" }}
{{- end }}

{{/* The security context of every container: (dict "user" N "group" N). */}}
{{- define "gatepost.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "gatepost.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .group }}
fsGroup: {{ .group }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* Memory is requested as it is limited, as the JVM takes its heap as a whole. */}}
{{- define "gatepost.resources" -}}
requests: {cpu: {{ .cpu }}, memory: {{ int .memory.limit }}Mi}
limits: {memory: {{ int .memory.limit }}Mi}
{{- end }}

{{/* A claim of the name `data` for a volume. */}}
{{- define "gatepost.claim" -}}
metadata: {name: data}
spec:
  accessModes: [{{ .accessMode | default "ReadWriteOnce" }}]
  {{- with .storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources: {requests: {storage: {{ .size }}}}
{{- end }}

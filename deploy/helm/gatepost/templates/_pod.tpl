{{/* The pod of a service: (dict "root" $ "name" NAME "data" VOLUME), where VOLUME is a claim's name or empty. */}}
{{- define "gatepost.pod" -}}
{{- $name := .name }}
{{- $data := .data }}
{{- $services := fromYaml (include "gatepost.services" .) }}
{{- $service := index $services $name }}
{{- with .root }}
{{- $values := index .Values $service.key }}
metadata:
  labels:
    {{- include "gatepost.labels" (dict "root" . "name" $name) | nindent 4 }}
    gatepost.io/zone: {{ $service.zone }}
  annotations:
    # Pods are replaced where the settings have changed.
    gatepost.io/settings: {{ printf "%s%s" (include "gatepost.settings" (dict "root" . "name" $name)) (toJson .Values.tables) | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: gatepost
  automountServiceAccountToken: false
  # Variables such as QUEUE_SERVICE_PORT would be read as settings of somebody.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "gatepost.grace" (dict "root" . "name" $name) }}
  securityContext:
    {{- include "gatepost.podSecurity" (dict "user" .Values.podSecurity.runAsUser "group" .Values.podSecurity.runAsGroup) | nindent 4 }}
  {{- with .Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.affinity }}
  affinity: {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "gatepost.selector" (dict "root" . "name" $name) | nindent 10 }}
  containers:
    - name: {{ $name }}
      image: {{ include "gatepost.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: [service, {{ $service.command }}, --config, /etc/gatepost/settings/gatepost.yaml, --data, /var/lib/gatepost]
      env:
        - {name: GATEPOST_HEAP, value: {{ int $values.memory.heap }}m}
        - {name: GATEPOST_HTTP_PORT, value: {{ $service.http | quote }}}
        # Here, and not among the files, for the commands that are run in the pod.
        - name: GATEPOST_RPC_TOKENS_OPERATOR
          valueFrom: {secretKeyRef: {name: {{ include "gatepost.tokens" . }}, key: operator{{ if eq $name "scanner-gateway" }}-scanning{{ end }}}}
      ports:
        - {name: http, containerPort: {{ $service.http }}}
        {{- if eq $name "smtp-edge" }}
        - {name: mx, containerPort: 2525}
        {{- if $values.ports.submission.enabled }}
        - {name: submission, containerPort: 2587}
        {{- end }}
        {{- if $values.ports.submissions.enabled }}
        - {name: submissions, containerPort: 2465}
        {{- end }}
        {{- end }}
      # Never at the SMTP port: behind a balancer it wants a PROXY header.
      startupProbe:
        httpGet: {path: /actuator/health/liveness, port: http}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 150
      livenessProbe:
        httpGet: {path: /actuator/health/liveness, port: http}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: {path: /actuator/health/readiness, port: http}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      {{- if and (int .Values.shutdown.preStopSeconds) (not (has $name (list "queue-service" "delivery-service"))) }}
      # Callers and balancers learn that this pod goes while it still answers.
      lifecycle:
        preStop: {exec: {command: [sleep, {{ int .Values.shutdown.preStopSeconds | quote }}]}}
      {{- end }}
      securityContext:
        {{- include "gatepost.containerSecurity" . | nindent 8 }}
      resources:
        {{- include "gatepost.resources" $values | nindent 8 }}
      volumeMounts:
        - {name: settings, mountPath: /etc/gatepost/settings, readOnly: true}
        - {name: secrets, mountPath: /etc/gatepost/secrets, readOnly: true}
        - {name: data, mountPath: /var/lib/gatepost}
        - {name: tmp, mountPath: /tmp}
        {{- if .Values.tables }}
        - {name: tables, mountPath: /etc/gatepost/tables, readOnly: true}
        {{- end }}
        {{- if and (eq $name "smtp-edge") $values.tls.secret }}
        - {name: tls, mountPath: /etc/gatepost/tls, readOnly: true}
        {{- end }}
        {{- if eq $name "verification-service" }}
        # The same in all its pods.
        - {name: scram, mountPath: /var/lib/gatepost/verification, readOnly: true}
        {{- end }}
        {{- range .Values.mounts }}
        {{- if or (not .services) (has $name .services) }}
        - {name: {{ printf "mount-%s" .name }}, mountPath: {{ .path }}, readOnly: true}
        {{- end }}
        {{- end }}
  volumes:
    - name: settings
      configMap:
        name: gatepost-settings
        items:
          - {key: {{ $name }}.yaml, path: gatepost.yaml}
    - name: secrets
      projected:
        defaultMode: 0440
        sources:
          {{- include "gatepost.secrets" (dict "root" . "name" $name) | nindent 10 }}
    {{- if ne $data "claim" }}
    - {name: data, emptyDir: {sizeLimit: 64Mi}}
    {{- end }}
    - {name: tmp, emptyDir: {sizeLimit: 1Gi}}
    {{- if .Values.tables }}
    - {name: tables, configMap: {name: gatepost-tables}}
    {{- end }}
    {{- if and (eq $name "smtp-edge") $values.tls.secret }}
    - {name: tls, secret: {secretName: {{ $values.tls.secret }}, defaultMode: 0440}}
    {{- end }}
    {{- if eq $name "verification-service" }}
    - name: scram
      secret:
        secretName: {{ include "gatepost.tokens" . }}
        defaultMode: 0440
        items:
          - {key: scram-secret, path: scram-secret}
    {{- end }}
    {{- range .Values.mounts }}
    {{- if or (not .services) (has $name .services) }}
    - name: {{ printf "mount-%s" .name }}
      {{- if .secret }}
      secret: {secretName: {{ .secret }}, defaultMode: 0440}
      {{- else }}
      configMap: {name: {{ .configMap }}}
      {{- end }}
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}

{{/* Secret settings of a service: each file's name is the key. */}}
{{- define "gatepost.secrets" -}}
{{- $name := .name }}
{{- $services := fromYaml (include "gatepost.services" .root) }}
{{- $callers := fromYaml (include "gatepost.callers" .root) }}
{{- $calling := list }}
{{- range $callers }}{{ $calling = concat $calling . }}{{ end }}
{{- $users := fromYaml (include "gatepost.users" .) }}
{{- with .root }}
- secret:
    name: {{ include "gatepost.tokens" . }}
    items:
      {{- /* Its own, where it calls others, and those of its callers. */}}
      {{- if has $name $calling }}
      - {key: {{ (index $services $name).command }}, path: gatepost.rpc.token}
      {{- end }}
      {{- /* Who takes a call learns its caller's token: those that scanner-gateway learns are good for scans only. */}}
      {{- if has $name (index $callers "scanner-gateway") }}
      - {key: {{ (index $services $name).command }}-scanning, path: gatepost.rpc.scanner-token}
      {{- end }}
      {{- $kind := eq $name "scanner-gateway" | ternary "-scanning" "" }}
      {{- range index $callers $name }}
      {{- $caller := (index $services .).command }}
      - {key: {{ $caller }}{{ $kind }}, path: {{ printf "gatepost.rpc.tokens.%s" $caller }}}
      {{- end }}
{{- if has $name $users.postgres }}
{{- if or .Values.database.existingSecret .Values.database.trial.enabled }}
- secret:
    name: {{ .Values.database.existingSecret | default "gatepost-postgres" }}
    items:
      - {key: {{ .Values.database.passwordKey }}, path: spring.datasource.password}
{{- end }}
{{- end }}
{{- if and .Values.kafka.jaas.existingSecret (has $name $users.kafka) }}
- secret:
    name: {{ .Values.kafka.jaas.existingSecret }}
    items:
      - {key: {{ .Values.kafka.jaas.key }}, path: spring.kafka.properties.sasl.jaas.config}
{{- end }}
{{- range .Values.secretSettings }}
{{- if or (not .services) (has $name .services) }}
- secret:
    name: {{ .secret }}
    items:
      - {key: {{ .key }}, path: {{ .setting }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Seconds until a pod is killed: longer than it takes to end in order. */}}
{{- define "gatepost.grace" -}}
{{- $down := .root.Values.shutdown }}
{{- if eq .name "smtp-edge" }}
{{- add (int $down.preStopSeconds) (int $down.drainSeconds) 10 15 }}
{{- else }}
{{- add (int $down.preStopSeconds) (int $down.callsSeconds) 20 }}
{{- end }}
{{- end }}

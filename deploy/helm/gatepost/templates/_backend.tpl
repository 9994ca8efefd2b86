{{/* Labels and the parts of a pod that scanners and trial servers have in common:
(dict "root" $ "name" NAME "zone" ZONE "user" N "group" N). */}}
{{- define "gatepost.backendPod" -}}
metadata:
  labels:
    {{- include "gatepost.labels" . | nindent 4 }}
    gatepost.io/zone: {{ .zone }}
spec:
  serviceAccountName: gatepost
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    {{- include "gatepost.podSecurity" . | nindent 4 }}
{{- end }}

{{/* A headless service: (dict "root" $ "name" NAME "port" N "portName" NAME). */}}
{{- define "gatepost.backendService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "gatepost.labels" . | nindent 4 }}
spec:
  clusterIP: None
  {{- with .root.Values.ipFamilyPolicy }}
  ipFamilyPolicy: {{ . }}
  {{- end }}
  selector: {{- include "gatepost.selector" . | nindent 4 }}
  ports:
    - {name: {{ .portName }}, port: {{ .port }}, targetPort: {{ .portName }}}
{{- end }}

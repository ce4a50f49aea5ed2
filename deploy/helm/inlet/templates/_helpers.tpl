{{- define "inlet.name" -}}
{{- default .Release.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "inlet.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end -}}

{{- define "inlet.labels" -}}
app.kubernetes.io/name: inlet
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ default .Chart.AppVersion .Values.image.tag | quote }}
app.kubernetes.io/part-of: inlet
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "inlet.selector" -}}
app.kubernetes.io/name: inlet
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- /* The services that run, with what differs between them. */ -}}
{{- define "inlet.workloads" -}}
{{- $gatewayPorts := list (dict "name" "http" "port" 8080) (dict "name" "ops" "port" 8084) -}}
{{- if .Values.gateway.smtp }}{{ $gatewayPorts = append $gatewayPorts (dict "name" "smtp" "port" 2525) }}{{ end -}}
{{- $all := list
  (dict "key" "gateway" "component" "ingest-gateway" "ops" 8084 "ports" $gatewayPorts)
  (dict "key" "parser" "component" "parser" "ops" 8082 "ports" (list (dict "name" "ops" "port" 8082)))
  (dict "key" "sink" "component" "crm-sink" "ops" 8083 "ports" (list (dict "name" "ops" "port" 8083)))
  (dict "key" "console" "component" "console" "ops" 8086 "ports" (list (dict "name" "http" "port" 8085) (dict "name" "ops" "port" 8086)))
-}}
{{- $enabled := list -}}
{{- range $all }}{{ if (index $.Values .key).enabled }}{{ $enabled = append $enabled . }}{{ end }}{{ end -}}
{{- dict "list" $enabled | toJson -}}
{{- end -}}

{{- define "inlet.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "inlet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{- define "inlet.envFrom" -}}
- configMapRef: { name: {{ include "inlet.name" . }}-environment }
- secretRef: { name: {{ required "existingSecret: the Secret with DATABASE_URL" .Values.existingSecret }} }
{{- end -}}

{{- define "inlet.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: tenants, mountPath: /app/config/tenants, readOnly: true }
{{- if .Values.blobs.existingClaim }}
- { name: blobs, mountPath: /var/lib/inlet/blobs }
{{- end }}
{{- end -}}

{{- define "inlet.volumes" -}}
- name: tmp
  emptyDir: { medium: Memory, sizeLimit: 256Mi }
- name: tenants
  configMap: { name: {{ default (printf "%s-tenants" (include "inlet.name" .)) .Values.tenants.existingConfigMap }} }
{{- if .Values.blobs.existingClaim }}
- name: blobs
  persistentVolumeClaim: { claimName: {{ .Values.blobs.existingClaim }} }
{{- end }}
{{- end -}}

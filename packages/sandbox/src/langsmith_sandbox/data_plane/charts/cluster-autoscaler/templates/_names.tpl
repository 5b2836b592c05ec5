{{- define "autoscaler.name" -}}
{{- .Values.fullnameOverride | default (printf "%s-aws-cluster-autoscaler" .Release.Name) -}}
{{- end }}

{{- define "autoscaler.account" -}}
{{- .Values.rbac.serviceAccount.name | default (include "autoscaler.name" .) -}}
{{- end }}

{{- define "autoscaler.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: aws-cluster-autoscaler
{{- end }}

{{- define "autoscaler.labels" -}}
{{ include "autoscaler.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "keda.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/component: operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: keda-operator
app.kubernetes.io/version: {{ .Chart.AppVersion }}
{{ include "keda.selector" . }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "keda.selector" -}}
app: {{ .Values.operator.name }}
app.kubernetes.io/name: {{ .Values.operator.name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "keda.image" -}}
{{- with .Values.image.keda.registry }}{{ . }}/{{ end }}{{ .Values.image.keda.repository }}:{{ .Values.image.keda.tag | default .Chart.AppVersion }}
{{- end }}

{{/* Names, labels and image references: what every object of the release shares. */}}

{{- define "dataplane.fullname" -}}
{{- $chart := .Values.nameOverride | default .Chart.Name -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains $chart .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $chart | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "dataplane.namespace" -}}
{{- .Values.namespace | default .Release.Namespace -}}
{{- end }}

{{/* Labels of an object; call with (list $ "component"). */}}
{{- define "dataplane.labels" -}}
{{- $root := first . -}}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{ include "dataplane.selector" . }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The labels that never change between versions, as a selector must not. */}}
{{- define "dataplane.selector" -}}
{{- $root := first . -}}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ include "dataplane.fullname" $root }}-{{ last . }}
{{- end }}

{{/* Metadata of a namespaced object; call with (list $ "component" "name" "namespace" annotations labels). */}}
{{- define "dataplane.metadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 2 }}
namespace: {{ index . 3 }}
labels:
  {{- include "dataplane.labels" (list $root (index . 1)) | nindent 2 }}
  {{- with index . 5 }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (index . 4) $root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Service account of a component; call with (list $ componentValues). */}}
{{- define "dataplane.serviceAccount" -}}
{{- $root := first . -}}
{{- $component := last . -}}
{{- if $component.serviceAccount.create -}}
{{- $component.serviceAccount.name | default (printf "%s-%s" (include "dataplane.fullname" $root) $component.name) -}}
{{- else -}}
{{- $component.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{/* Image reference; images.registry goes in front of every repository. Call with (list $ imageValues). */}}
{{- define "dataplane.image" -}}
{{- $registry := (first .).Values.images.registry -}}
{{- $image := last . -}}
{{- with $registry }}{{ . | trimSuffix "/" }}/{{ end }}{{ $image.repository }}:{{ $image.tag }}
{{- end }}

{{- define "dataplane.apiKeySecret" -}}
{{- .Values.config.existingSecretName | default (printf "%s-secrets" (include "dataplane.fullname" .)) -}}
{{- end }}

{{- define "dataplane.queueSecret" -}}
{{- .Values.redis.external.existingSecretName | default (printf "%s-%s" (include "dataplane.fullname" .) .Values.redis.name) -}}
{{- end }}

{{/* Namespaces the listener writes to, as a JSON list. */}}
{{- define "dataplane.listenerNamespaces" -}}
{{- include "dataplane.commaList" (.Values.config.watchNamespaces | default .Release.Namespace) -}}
{{- end }}

{{/* Namespaces the operator reconciles, as a JSON list; an empty list means every namespace. */}}
{{- define "dataplane.operatorNamespaces" -}}
{{- include "dataplane.commaList" (.Values.operator.watchNamespaces | default .Values.config.watchNamespaces) -}}
{{- end }}

{{- define "dataplane.commaList" -}}
{{- $names := list -}}
{{- range splitList "," . }}{{ with trim . }}{{ $names = append $names . }}{{ end }}{{ end -}}
{{- $names | uniq | toJson -}}
{{- end }}

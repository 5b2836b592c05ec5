{{/*
A Deployment with one container. Call with a dict:
  root, component (its values), key (its name in labels), env (list), image, pullPolicy, port, portName
*/}}
{{- define "dataplane.deployment" -}}
{{- $root := .root -}}
{{- $settings := .component.deployment -}}
{{- $env := concat $root.Values.commonEnv .env $settings.extraEnv -}}
{{- include "dataplane.uniqueNames" $env -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "dataplane.metadata" (list $root .key (printf "%s-%s" (include "dataplane.fullname" $root) .component.name) (include "dataplane.namespace" $root) $settings.annotations $settings.labels) | nindent 2 }}
spec:
  replicas: {{ $settings.replicas }}
  selector:
    matchLabels:
      {{- include "dataplane.selector" (list $root .key) | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "dataplane.labels" (list $root .key) | nindent 8 }}
        {{- with $settings.labels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        {{- if $settings.autoRestart }}
        rollme: {{ randAlphaNum 5 | quote }}
        {{- end }}
        {{- with $settings.annotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "dataplane.serviceAccount" (list $root .component) }}
      terminationGracePeriodSeconds: {{ $settings.terminationGracePeriodSeconds }}
      {{- include "dataplane.podSettings" (list $root $settings) | nindent 6 }}
      containers:
        - name: {{ .component.name }}
          image: {{ .image }}
          imagePullPolicy: {{ .pullPolicy }}
          {{- with $settings.command }}
          command:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          env:
            {{- toYaml $env | nindent 12 }}
          ports:
            - name: {{ .portName }}
              containerPort: {{ .port }}
              protocol: TCP
          {{- range $field := list "startupProbe" "readinessProbe" "livenessProbe" "resources" "securityContext" }}
          {{- with get $settings $field }}
          {{ $field }}:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- end }}
          {{- with concat $root.Values.commonVolumeMounts $settings.volumeMounts }}
          volumeMounts:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $settings.extraContainerConfig }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
        {{- with $settings.sidecars }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
{{- end }}

{{/* Pod fields that are copied from values as they are; call with (list $ settings). */}}
{{- define "dataplane.podSettings" -}}
{{- $root := first . -}}
{{- $settings := last . -}}
{{- $fields := dict
  "imagePullSecrets" $root.Values.images.imagePullSecrets
  "dnsConfig" $root.Values.commonDnsConfig
  "priorityClassName" $settings.priorityClassName
  "securityContext" $settings.podSecurityContext
  "nodeSelector" $settings.nodeSelector
  "tolerations" $settings.tolerations
  "affinity" $settings.affinity
  "topologySpreadConstraints" $settings.topologySpreadConstraints
  "volumes" (concat $root.Values.commonVolumes $settings.volumes)
-}}
restartPolicy: Always
{{- range $name, $value := $fields }}
{{- if $value }}
{{ dict $name $value | toYaml }}
{{- end }}
{{- end }}
{{- end }}

{{/* Service account and disruption budget of a component; call with (list $ componentValues "key"). */}}
{{- define "dataplane.workloadExtras" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $key := index . 2 -}}
{{- if $component.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "dataplane.metadata" (list $root $key (include "dataplane.serviceAccount" (list $root $component)) (include "dataplane.namespace" $root) $component.serviceAccount.annotations $component.serviceAccount.labels) | nindent 2 }}
automountServiceAccountToken: {{ $component.serviceAccount.automountServiceAccountToken }}
{{- end }}
{{- if $component.pdb.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "dataplane.metadata" (list $root $key (printf "%s-%s" (include "dataplane.fullname" $root) $component.name) (include "dataplane.namespace" $root) dict dict) | nindent 2 }}
spec:
  minAvailable: {{ $component.pdb.minAvailable }}
  selector:
    matchLabels:
      {{- include "dataplane.selector" (list $root $key) | nindent 6 }}
{{- end }}
{{- end }}

{{/*
A Role and its binding in one namespace, or cluster-wide when the namespace is empty. Call with a dict:
  root, component (its values), key, name, namespace, rules (YAML text)
*/}}
{{- define "dataplane.grant" -}}
{{- $root := .root -}}
{{- $kind := ternary "Role" "ClusterRole" (ne .namespace "") -}}
{{- range list $kind (printf "%sBinding" $kind) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ . }}
metadata:
  name: {{ $.name }}
  {{- with $.namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "dataplane.labels" (list $root $.key) | nindent 4 }}
    {{- with $.component.rbac.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with merge (dict) $.component.rbac.annotations $root.Values.commonAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if hasSuffix "Binding" . }}
subjects:
  - kind: ServiceAccount
    name: {{ include "dataplane.serviceAccount" (list $root $.component) }}
    namespace: {{ include "dataplane.namespace" $root }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $.name }}
{{- else }}
rules:
  {{- $.rules | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{- define "dataplane.allVerbs" -}}
[create, delete, get, list, patch, update, watch]
{{- end }}

{{/* Full control of Secrets in a watched namespace, as the real listener has: never watch a shared namespace. */}}
{{- define "dataplane.listenerRules" -}}
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [secrets, services]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [apps.langchain.ai]
  resources: [lgps]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [apps.langchain.ai]
  resources: [lgps/status]
  verbs: [get]
{{- end }}

{{- define "dataplane.operatorRules" -}}
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [apps]
  resources: [replicasets]
  verbs: [get, list, watch]
- apiGroups: [""]
  resources: [pods, secrets, services]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [""]
  resources: [pods/log]
  verbs: [get, list, watch]
- apiGroups: [apps.langchain.ai]
  resources: [lgps]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [apps.langchain.ai]
  resources: [lgps/finalizers]
  verbs: [update]
- apiGroups: [apps.langchain.ai]
  resources: [lgps/status]
  verbs: [get, patch, update]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [keda.sh]
  resources: [scaledobjects]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: {{ include "dataplane.allVerbs" . }}
{{- if .Values.gateway.enabled }}
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  verbs: {{ include "dataplane.allVerbs" . }}
{{- end }}
{{- if .Values.istioGateway.enabled }}
- apiGroups: [networking.istio.io]
  resources: [virtualservices]
  verbs: {{ include "dataplane.allVerbs" . }}
{{- end }}
{{- end }}

{{/* Leader election, beside the operator itself. */}}
{{- define "dataplane.leaderRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: {{ include "dataplane.allVerbs" . }}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{/* The shared Ingress lives with the release, whichever namespaces are watched. */}}
{{- define "dataplane.sharedIngressRules" -}}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  verbs: [get, list, patch, update, watch]
{{- end }}

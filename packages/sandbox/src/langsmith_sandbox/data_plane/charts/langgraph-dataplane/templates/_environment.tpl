{{/* Environment of the two programs. */}}

{{/* The enabled one of ingress, gateway and istioGateway, as JSON. */}}
{{- define "dataplane.exposure" -}}
{{- if .Values.ingress.enabled -}}
{{- toJson .Values.ingress -}}
{{- else if .Values.gateway.enabled -}}
{{- toJson .Values.gateway -}}
{{- else -}}
{{- toJson .Values.istioGateway -}}
{{- end -}}
{{- end }}

{{/* How agents are reached from outside; read by the listener (URLs it reports) and the operator (routes it writes). */}}
{{- define "dataplane.exposureEnv" -}}
{{- $exposure := include "dataplane.exposure" . | fromJson -}}
- name: HOSTED_K8S_ROOT_DOMAIN
  value: {{ $exposure.hostname | quote }}
- name: HOSTED_K8S_TLS_ENABLED
  value: {{ .Values.ingress.tlsEnabled | quote }}
- name: HOSTED_K8S_SHARED_INGRESS
  value: "true"
- name: HOSTED_K8S_BASE_PATH
  value: {{ $exposure.basePath | quote }}
- name: HOSTED_K8S_CLUSTER_DOMAIN
  value: {{ .Values.clusterDomain | quote }}
{{- end }}

{{- define "dataplane.listenerEnv" -}}
- name: HOST_WORKER_LANGSMITH_API_KEY
  valueFrom:
    secretKeyRef:
      name: {{ include "dataplane.apiKeySecret" . }}
      key: langsmith_api_key
- name: HOST_WORKER_TENANT_ID
  value: {{ .Values.config.langsmithWorkspaceId | quote }}
{{- with .Values.config.langgraphListenerId }}
- name: HOST_WORKER_LISTENER_ID
  value: {{ . | quote }}
{{- end }}
- name: HOST_BACKEND_ENDPOINT
  value: {{ .Values.config.hostBackendUrl | quote }}
- name: HOST_LANGCHAIN_API_ENDPOINT
  value: {{ .Values.config.smithBackendUrl | quote }}
- name: HOST_QUEUE
  value: {{ .Values.config.hostQueue | quote }}
- name: HOST_WORKER_RECONCILIATION_CRON_ENABLED
  value: "true"
- name: HOST_WORKER_EXTERNAL_ENABLED
  value: "true"
- name: REDIS_DATABASE_URI
  valueFrom:
    secretKeyRef:
      name: {{ include "dataplane.queueSecret" . }}
      key: {{ .Values.redis.external.connectionUrlSecretKey }}
- name: ENABLE_LGP_DEPLOYMENT_HEALTH_CHECK
  value: {{ .Values.config.enableLGPDeploymentHealthCheck | quote }}
- name: LANGGRAPH_CLOUD_INGRESS_ENABLED
  value: "true"
- name: LANGCHAIN_ENV
  value: local_kubernetes
- name: PORT
  value: {{ .Values.listener.containerPort | quote }}
- name: WATCH_NAMESPACES
  value: {{ include "dataplane.listenerNamespaces" . | fromJsonArray | join "," | quote }}
{{ include "dataplane.exposureEnv" . }}
{{- end }}

{{- define "dataplane.operatorEnv" -}}
- name: WATCH_NAMESPACES
  value: {{ include "dataplane.operatorNamespaces" . | fromJsonArray | join "," | quote }}
- name: PORT
  value: "8081"
- name: KEDA_ENABLED
  value: {{ .Values.operator.kedaEnabled | quote }}
{{- if .Values.ingress.enabled }}
- name: LGP_INGRESS_NAME
  value: {{ include "dataplane.fullname" . }}-ingress
- name: LGP_INGRESS_NAMESPACE
  value: {{ .Values.ingress.namespace | default (include "dataplane.namespace" .) }}
{{- end }}
{{- if .Values.gateway.enabled }}
- name: LGP_GATEWAY_NAME
  value: {{ .Values.gateway.name }}
- name: LGP_GATEWAY_NAMESPACE
  value: {{ .Values.gateway.namespace | default (include "dataplane.namespace" .) }}
{{- end }}
{{ include "dataplane.exposureEnv" . }}
{{- end }}

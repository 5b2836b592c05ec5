{{/* What the chart demands of its values before it renders anything; the texts are those of the chart it stands in for. */}}

{{- define "dataplane.demands" -}}
{{- if .Values.listener.templates -}}
{{- fail "Error: templates have moved to the operator. Please move your values from .Values.listener.templates to .Values.operator.templates." -}}
{{- end -}}
{{- $ways := 0 -}}
{{- range list .Values.ingress .Values.gateway .Values.istioGateway }}{{ if .enabled }}{{ $ways = add1 $ways }}{{ end }}{{ end -}}
{{- if eq (int $ways) 0 -}}
{{- fail "Either ingress, gateway, or istioGateway must be enabled." -}}
{{- else if gt (int $ways) 1 -}}
{{- fail "Only one of ingress, gateway, or istioGateway can be enabled at the same time." -}}
{{- end -}}
{{- end }}

{{/* Fails when two variables of a container share a name; call with the list of variables. */}}
{{- define "dataplane.uniqueNames" -}}
{{- $seen := list -}}
{{- $twice := list -}}
{{- range . -}}
{{- if has .name $seen }}{{ $twice = append $twice .name }}{{ end -}}
{{- $seen = append $seen .name -}}
{{- end -}}
{{- if $twice -}}
{{- fail (printf "Duplicate keys detected: %v" $twice) -}}
{{- end -}}
{{- end }}

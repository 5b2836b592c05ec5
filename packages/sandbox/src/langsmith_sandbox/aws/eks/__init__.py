"""EKS: clusters, node groups, access entries, add-ons and Pod Identity, over a pluggable Kubernetes runtime."""

"""The Kubernetes behind one EKS cluster: a real API server, and nodes that run Pods as local processes."""

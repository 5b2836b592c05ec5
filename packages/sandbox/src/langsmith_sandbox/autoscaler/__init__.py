"""Stands in for the Kubernetes cluster autoscaler on AWS."""

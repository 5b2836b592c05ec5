"""The world LangSmith Hybrid lives in, as supervised local processes: AWS, EKS, a registry and the control plane."""

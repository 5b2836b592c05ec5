"""A stand-in for Pulumi's Kubernetes plugin: any object by server-side apply, `helm.v3.Release` by the real helm.

It talks to whatever cluster its kubeconfig names, with the official client and its credential plugins. Chart and
ConfigFile components need the official plugin.
"""

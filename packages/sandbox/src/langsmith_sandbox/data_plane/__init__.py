"""What the data plane chart installs, as stand-ins: the charts themselves and the programs their Pods run."""

"""Many agents and one target at a time: what would change, a plan that can be kept, and its rollout in waves."""

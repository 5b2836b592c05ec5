"""The entries of one stack on one allow list, as a Pulumi resource.

`resource` is what a component declares, `provider` what the engine calls, `lifecycle` what happens. `provider` is named
in every stack's state, so that its module and class never move.
"""

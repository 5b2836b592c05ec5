"""The rule of a web ACL that lets an IP set's addresses through, as a Pulumi resource.

`resource` is what a component declares, `provider` what the engine calls, `lifecycle` what happens. `provider` is named
in every stack's state, so that its module and class never move.
"""

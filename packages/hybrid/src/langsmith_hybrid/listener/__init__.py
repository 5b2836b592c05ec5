"""The LangSmith listener as a Pulumi resource.

`resource` is what a program uses, `provider` what the engine calls, `lifecycle` what happens. `provider` is named in
every stack's state, so that its module and class never move.
"""

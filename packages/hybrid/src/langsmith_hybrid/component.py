"""The base of our components: a type token, and the tags every AWS resource below it carries."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

STACK_TAG = "langsmith-hybrid:stack"
COMPONENT_TAG = "langsmith-hybrid:component"


class Component(pulumi.ComponentResource):
    """A ComponentResource named ``langsmith-hybrid:index:<class>`` whose AWS children say which component they are.

    The tag is set by a transformation, so that no resource of a component can be forgotten.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        kind = type(self).__name__
        tagging = pulumi.ResourceOptions(transformations=[_tag_with(kind)])
        super().__init__(f"langsmith-hybrid:index:{kind}", name, None, pulumi.ResourceOptions.merge(opts, tagging))

    def child(self, *, depends_on: list[pulumi.Resource] | None = None) -> pulumi.ResourceOptions:
        """Options of a resource inside this component."""
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on)


def after(opts: pulumi.ResourceOptions, *before: pulumi.Resource) -> pulumi.ResourceOptions:
    """The same options for a resource that comes after others."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[*before]))


def _tag_with(component: str) -> pulumi.ResourceTransformation:
    def transform(
        arguments: pulumi.ResourceTransformationArgs,
    ) -> pulumi.ResourceTransformationResult | None:
        # Only AWS resources that can carry tags have the output `tags_all`.
        if not isinstance(getattr(type(arguments.resource), "tags_all", None), property):
            return None
        given = arguments.props.get("tags")
        own: Mapping[str, pulumi.Input[str]] = given if isinstance(given, Mapping) else {}
        return pulumi.ResourceTransformationResult(
            props={**arguments.props, "tags": {**own, COMPONENT_TAG: component}}, opts=arguments.opts
        )

    return transform

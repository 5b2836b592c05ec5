"""The vocabulary of the resource tables: what an entry says about one resource type.

Expressions are JMESPath over a document of the resource: its properties by name, ``id``, ``region``, ``account`` and
``partition``; where an answer of the API is at hand, its members as well. In an update, ``now`` is the description.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Call:
    """One API call.

    Attributes:
        operation: Name of the boto3 client's method.
        takes: Properties (blank-separated) passed under the member that has the same name, whatever its case.
        members: Further members, by expression; those whose value is missing are left out.
        ignores: Error codes that mean there is nothing left to do.
        retries: Error codes that pass when something else has finished, as ``DependencyViolation``.
    """

    operation: str
    takes: str = ""
    members: Mapping[str, str] = dataclasses.field(default_factory=dict)
    ignores: str = ""
    retries: str = ""


@dataclasses.dataclass(frozen=True)
class Lookup(Call):
    """A call that describes the resource; codes in ``ignores`` mean that it is gone.

    ``at`` is where in the answer, an expression over the answer and the resource's document.
    """

    at: str = "@"


@dataclasses.dataclass(frozen=True)
class Step:
    """A further call around create or delete.

    Attributes:
        call: May use ``each`` in its expressions.
        when: A condition on the resource; always if empty.
        each: The call is made for each item of this list; once if empty.
        listing: Lists the items, where the description does not have them.
    """

    call: Call
    when: str = ""
    each: str = ""
    listing: Lookup | None = None


@dataclasses.dataclass(frozen=True)
class Wait:
    """Ask again until ``status`` (an expression over the description) is one of ``ready``.

    ``failed`` states end the wait at once; ``reason`` is where the description says why. Without ``ready`` it waits for
    the resource to be gone.
    """

    status: str
    ready: str = ""
    failed: str = ""
    reason: str = "''"
    seconds: float = 600


@dataclasses.dataclass(frozen=True)
class Update:
    """A call that brings some properties up to date.

    Attributes:
        properties: Blank-separated; the call is made when any of them changed.
        call: Its ``takes`` are narrowed to the properties that changed, unless ``whole``.
        whole: Send all of ``call.takes`` every time.
        after_create: The create call cannot set these; make this call afterwards for those that were given.
        empty: What to send for a property that is no longer given; one not named here cannot be unset.
        only_if: An expression that must hold for the call to be made.
    """

    properties: str
    call: Call
    whole: bool = False
    after_create: bool = False
    empty: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    only_if: str = ""


@dataclasses.dataclass(frozen=True)
class Tagging:
    """How a service tags.

    Attributes:
        target: Members that name the resource in the calls below, by expression.
        add, remove: Operations; with ``replaces`` the first one sends all tags and the second drops all.
        member, removed: Members for the tags to add, and for the keys to remove.
        names: Names of a tag's key and value, or ``None`` when tags are a plain mapping.
        removed_by_key: Keys to remove are plain strings (else objects, as in EC2).
        on_create: Member of the create call, or empty if tags are added afterwards.
        specification: EC2's resource type, when the create call wraps tags in a ``TagSpecification``.
        read: Where the description has the tags.
        lookup: The call that lists them, where the description has none.
    """

    target: Mapping[str, str]
    add: str
    remove: str
    member: str = "Tags"
    removed: str = "TagKeys"
    names: tuple[str, str] | None = ("Key", "Value")
    removed_by_key: bool = True
    replaces: bool = False
    wrapped: str = ""
    on_create: str = "Tags"
    specification: str = ""
    read: str = "Tags"
    lookup: Lookup | None = None


@dataclasses.dataclass(frozen=True)
class Naming:
    """Which property gets a made-up name when none is given, and the rules of such names."""

    property: str = "name"
    prefix: str = "namePrefix"
    longest: int = 255
    lower: bool = False


@dataclasses.dataclass(frozen=True)
class Resource:
    """Everything the stand-in knows about one resource type.

    Attributes:
        type: Pulumi's token of it, as ``aws:ec2/vpc:Vpc``.
        service: boto3's name of the service.
        identity: The id, as an expression over properties and the create call's answer.
        create, read, delete: The calls. ``delete`` is ``None`` for what AWS owns (a default security group).
        also: Further descriptions, added to the first under the given name, or merged into it if that is empty.
        updates: In the order in which they are made.
        renamed: Members named differently from their property: property -> member.
        outputs: Where a property is found in the description when its name does not tell: property -> expression.
        write_only: Inputs the API never gives back: the last known value is kept.
        local: Inputs that no API call takes, but that steer this provider (as ``forceDestroy``).
        used: Inputs that are only named in expressions of ``create``.
        computed: Inputs that AWS fills in when they are not given.
        volatile: Outputs an update may change: unknown in its preview.
        replaced_by: Properties whose change needs a new resource; ``*`` for all.
        ordered: Lists whose order counts. All others compare as sets.
        documents: Properties that hold JSON, compared by meaning.
        defaults: Values of properties that are not given.
        tagging: ``None`` for what has no tags.
        naming: ``None`` for what has no name of its own.
        ready, gone: Waits after create or update, and after delete.
        after_create, before_delete: Calls besides the main one.
        delete_first: Where it has no name: a replacement cannot exist beside the old one.
    """

    type: str
    service: str
    identity: str
    create: Call
    read: Lookup
    delete: Call | None
    also: Mapping[str, Lookup] = dataclasses.field(default_factory=dict)
    updates: tuple[Update, ...] = ()
    renamed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    outputs: Mapping[str, str] = dataclasses.field(default_factory=dict)
    write_only: str = ""
    local: str = ""
    used: str = ""
    computed: str = ""
    volatile: str = ""
    replaced_by: str = ""
    ordered: str = ""
    documents: str = ""
    defaults: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    tagging: Tagging | None = None
    naming: Naming | None = None
    ready: Wait | None = None
    gone: Wait | None = None
    after_create: tuple[Step, ...] = ()
    before_delete: tuple[Step, ...] = ()
    delete_first: bool = False

    @property
    def accepted(self) -> frozenset[str]:
        """Inputs this entry handles; the SDK's other ones are refused."""
        handled = {*self.create.takes.split(), *self.used.split(), *self.local.split(), *self.write_only.split()}
        for update in self.updates:
            handled |= {*update.properties.split(), *update.call.takes.split()}
        if self.tagging:
            handled.add("tags")
        if self.naming:
            handled |= {self.naming.property, self.naming.prefix} - {""}
        return frozenset(handled | {"region"})

"""The models of AWS's APIs, read once a process; to be imported before moto.

Moto makes four sessions of botocore, three of them on import. Each would read the API of EC2 and the list of all
endpoints anew: a third of the emulator's start.
"""

from __future__ import annotations

import functools

import botocore.session

botocore.session.__dict__["create_loader"] = functools.cache(botocore.session.create_loader)

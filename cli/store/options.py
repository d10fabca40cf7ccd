"""The options that many verbs have, each spelled once; and who it is that runs them."""

from __future__ import annotations

import getpass
from typing import Annotated

from cyclopts import Parameter

Member = Annotated[str, Parameter(help="What the shop calls them.")]
Program = Annotated[str, Parameter(help="The program.")]
Actor = Annotated[str | None, Parameter(help="Who does it; by default who is logged in.")]
Unit = Annotated[str, Parameter(help="`points`, `cashback` or `stamps`.")]
Order = Annotated[str, Parameter(help="Its id, which is that of its cart.")]
Reason = Annotated[str, Parameter(help="Why. It is kept for ever.")]
Request = Annotated[str | None, Parameter(help="A key of your own under which it is done once.")]


def user() -> str:
    """Who is logged in, if that can be told."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user, as in some containers
        return ""

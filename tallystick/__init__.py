"""Promotions in a checked language, priced to the exact minor unit.

ruleset = tallystick.load("rules/")
engine = tallystick.Engine(ruleset)
quote = engine.quote(cart)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .version import LANGUAGE_VERSION as LANGUAGE_VERSION
from .version import __version__ as __version__

if TYPE_CHECKING:
    from .face import *  # noqa: F403
else:

    def __getattr__(name):
        """A name of the face. All come when one is asked for, which `tally --help` never does."""
        face = import_module("tallystick.face")
        globals().update({known: getattr(face, known) for known in (*face.__all__, "__all__")})
        if name not in globals():
            raise AttributeError(f"module 'tallystick' has no attribute {name!r}")
        return globals()[name]

    def __dir__():
        """All that there is, as somebody at a prompt would like to see it."""
        return sorted({*globals(), *__getattr__("__all__")})

"""What is wrong with an event, a refund or a history in, an error that names the thing out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..cart.errors import CartError


class EventError(CartError):
    """An event, a refund or a history that cannot be used; nothing was evaluated.

    As `CartError`: `code` is stable, `path` names the place, `message` says what was expected and
    what came. `noun` says what it is (`event`, `refund` or `history`), and `event_id` which one,
    wherever its id could be read.
    """

    __module__ = "tallystick"

    def __init__(
        self,
        code: str,
        path: str,
        message: str,
        cart_id: str | None = None,
        noun: str = "event",
    ) -> None:
        super().__init__(code, path, message, cart_id)
        self.noun = noun

    @property
    def event_id(self) -> str | None:
        """The id of the event, of the refund, or of the member whose history it is."""
        return self.cart_id

    def __repr__(self) -> str:
        shown = f"{self.code!r}, {self.path!r}, {self.message!r}, event_id={self.event_id!r}"
        return f"EventError({shown}, noun={self.noun!r})"

    def __reduce__(self) -> tuple[type["EventError"], Any]:
        return type(self), (self.code, self.path, self.message, self.cart_id, self.noun)

    def as_record(self) -> dict[str, object]:
        """The error as the JSON object that stands in the place of an answer."""
        error = {"code": self.code, "path": self.path, "message": self.message}
        return {self.noun: self.event_id, "error": error}


@contextmanager
def within(path: str) -> Iterator[None]:
    """Whatever is refused within stands at `path`."""
    try:
        yield
    except CartError as refused:
        inner = refused.path
        refused.path = f"{path}.{inner}" if inner and not inner.startswith("[") else path + inner
        raise


@contextmanager
def errors_of(noun: str, id: str | None) -> Iterator[None]:
    """Whatever is refused within is an error of this event, refund or history."""
    try:
        yield
    except EventError:
        raise
    except CartError as refused:
        name = refused.cart_id if id is None else id
        found = EventError(refused.code, refused.path, refused.message, name, noun)
    else:
        return
    raise found from None  # a traceback of what was refused would hold on to all that was read

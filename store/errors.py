"""What callers did wrong, worded in one place: the errors that a store raises.

What the business refuses is no error: see `store.refusals`.
"""

# code: message. `{...}` are filled in; what to do stands in the second sentence.
MESSAGES = {
    "bad_url": "expected a URL such as `sqlite:///shop.db` or `postgresql://host/name`, "
    "got `{got}`",
    "unsure": "the connection was lost while it committed: nobody knows whether it was written. "
    "Ask again with the same request key",
    "unreachable": "the database cannot be reached: {words}",
    "not_a_store": "`{got}` holds no store yet. `tally store init` makes one",
    "old_schema": "the store has schema {got}, and this version needs {expected}. "
    "`tally store migrate` brings it up",
    "new_schema": "the store has schema {got}, which this version does not know. Use a newer one",
    "bad_value": "expected {expected}, got {got}",
    "unknown_tenant": "there is no tenant `{got}`",
}


class StoreError(ValueError):
    """Something a store cannot be asked. `code` is stable, `path` names the field or is empty."""

    __module__ = "tallystick.store"  # where callers know it from

    def __init__(self, code: str, path: str, **words: object) -> None:
        self.code = code
        self.path = path
        message = MESSAGES[code].format(**words)
        super().__init__(f"{message}, at `{path}`" if path else message)

"""What callers did wrong, worded in one place: the errors that a store raises.

What the business refuses is no error: see `store.refusals`.
"""

from typing import Any

# code: message. `{...}` are filled in; what to do stands in the second sentence.
MESSAGES = {
    "bad_url": "expected a URL such as `sqlite:///shop.db` or `postgresql://host/name`, "
    "got `{got}`",
    "no_driver": 'PostgreSQL needs its driver. `pip install "tallystick[postgresql]"` brings it',
    # The database, in trouble. But for `unsure`, nothing was written.
    "unsure": "committing failed: nobody knows whether it was written ({words}). "
    "Ask again with the same request key",
    "unreachable": "the database cannot be reached: {words}. Ask again when it can",
    "no_connection": "the database takes no connection: {words}",
    "denied": "the database does not allow it: {words}. The user of the URL must own the store",
    "busy": "others kept the database busy for too long: {words}. Ask again",
    "full": "there is no room left for `{got}`: {words}. Make some, and ask again",
    "read_only": "`{got}` cannot be written: {words}",
    "cannot_open": "`{got}` cannot be opened: {words}. Is its folder there, and may it be written?",
    "not_a_database": "`{got}` is no database of SQLite",
    "disk": "the disk under `{got}` fails: {words}",
    "damaged": "`{got}` is damaged: {words}. Bring back a backup",
    "torn": "this process was forked while its parent used the store. Fork before that",
    # Values that no database takes.
    "too_large": "a number does not fit into 64 bits",
    "too_long": "a text is too long to be kept",
    "bad_text": "a text holds a character that cannot be kept, such as NUL",
    # Schemas.
    "not_a_store": "`{got}` holds no store yet. `tally store init` makes one",
    "not_ours": "`{got}` holds tables of something else. Give the store a database of its own",
    "old_schema": "the store has schema {got}, and this version needs {expected}. "
    "`tally store migrate` brings it up",
    "new_schema": "the store has schema {got}, which this version does not know. Use a newer one",
    "bad_value": "expected {expected}, got {got}",
    "too_few_codes": "{codes} codes are more than the {space} there are of this form. "
    "Give it {least} random characters or more",
    "guessable": "of the {space} codes of this form the pool would have {codes}: {odds} guesses "
    "finds one, and {safest} is the most. Give it {least} random characters or more",
    "bad_secret": "expected `whsec_` and 24 to 64 bytes in base64. Leave it out, and one is made",
    "bad_webhook": "expected {expected}, got `{got}`",
    "webhook_exists": "webhook `{got}` sends {events} there already, and all would come twice. "
    "Remove it first; its secret was told when it was added",
    "unknown_webhook": "there is no webhook `{got}`",
    "unknown_pool": "there is no pool `{got}`: {hint}",
    "unknown_tenant": "there is no tenant `{got}`. `Store.add_tenant` makes one",
    "tenant_exists": "there is a tenant `{got}` already",
    "damaged_row": "the row of {what} is damaged, and nothing is worked out from it. "
    "`tally store verify` tells what else is",
    "too_early": "what was published cannot change: expected an instant from {earliest} on, "
    "got {got}",
    "bad_file": "nothing of `{got}` is taken:{words}",
    "file_changed": "`{got}` changed while it was read: nothing of it is taken",
    "totals_differ": "the file has {expected} in `{program}`, and the ledger would have {got}: "
    "nothing of it is taken",
    "no_sources": "expected at least one rule file",
}


class StoreError(ValueError):
    """Something a store cannot be asked. `code` is stable, `path` names the field or is empty."""

    __module__ = "tallystick.store"  # where callers know it from

    def __init__(self, code: str, path: str, **words: object) -> None:
        self.code = code
        self.path = path
        message = MESSAGES[code].format(**words)
        super().__init__(f"{message}, at `{path}`" if path else message)

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process gets it as it is: the words that the message was made of are gone.
        return ValueError.__new__, (type(self), *self.args), vars(self)

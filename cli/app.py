"""Words of a command line in, an exit status out: the `tally` command and its verbs.

Exit status: 0 clean, 1 findings (refused carts, problems, failed tests), 2 a wrong command line,
unusable rules or an internal error, 130 after Ctrl-C, 141 when the reader of the output went away.
Next to nothing is imported before `main` runs, as Ctrl-C ends in a traceback until then.
"""

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from .failure import Failure, complain, reason_of
from .status import CLEAN, INTERRUPTED, READER_GONE, TROUBLE


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line `words` (default: the process's own) and return its exit status."""
    replace_closed_streams()
    try:
        status = dispatch(sys.argv[1:] if words is None else list(words))
    except KeyboardInterrupt as stopped:
        complain(str(stopped) or "interrupted")
        status = INTERRUPTED
    except BrokenPipeError:
        status = READER_GONE
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        forget_stdout()
        return READER_GONE
    except OSError as error:  # the disk is full
        forget_stdout()
        complain(f"cannot write to stdout: {reason_of(error)}")
        return TROUBLE
    return status


def dispatch(words: list[str]) -> int:
    """Run a command line; what goes wrong is said on stderr, never shown as a traceback."""
    import traceback

    from cyclopts import CycloptsError

    from ..dsl.problems import RuleTextError
    from ..errors import RulePathError
    from .verbs import app

    # A lone dash would be read as an option without a name; as a path, both spell the same.
    words = ["./-" if word == "-" else word for word in words]
    try:
        status = app(words, exit_on_error=False)
    except CycloptsError:  # already printed
        return TROUBLE
    except Failure as failure:
        complain(str(failure))
        return TROUBLE
    except RulePathError as error:
        for line in str(error).splitlines():
            complain(line)
        return TROUBLE
    except RuleTextError as error:
        print(error.render(), file=sys.stderr)
        for note in getattr(error, "__notes__", ()):
            complain(note)
        return TROUBLE
    except BrokenPipeError:
        raise
    except OSError as error:
        name = f"`{error.filename}`: " if error.filename is not None else ""
        complain(f"{name}{reason_of(error)}")
        return TROUBLE
    except Exception:
        # A bug: the traceback is what a report of it needs.
        traceback.print_exc()
        complain("internal error; please report it with the lines above")
        return TROUBLE
    return status if isinstance(status, int) else CLEAN


def replace_closed_streams() -> None:
    """Let what is said to a closed stdout or stderr go nowhere; a closed stdin stays None."""
    if sys.stdout is None:
        sys.stdout = open_nowhere()
    if sys.stderr is None:
        sys.stderr = open_nowhere()


def open_nowhere() -> TextIO:
    """A stream that takes everything and keeps nothing."""
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def forget_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush cannot fail again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())

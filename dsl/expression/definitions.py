"""Names and the names they use in, an order to work through them out, and the circles in it."""

from collections.abc import Iterable, Mapping

from .syntax import Name, Node, parts_of


def names_in(root: Node) -> dict[str, Name]:
    """Every name that an expression says, each with the first place where it does."""
    found: dict[str, Name] = {}
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, Name):
            found.setdefault(node.name, node)
        pending.extend(reversed(parts_of(node)))
    return found


class Order:
    """Sorts names so that each comes after all it uses; a circle is broken, and kept.

    The order of the input makes no difference to `circles`: the search goes by name.
    """

    def __init__(self, uses: Mapping[str, Iterable[str]]) -> None:
        self.uses = {name: [used for used in names if used in uses] for name, names in uses.items()}
        self.users: dict[str, list[str]] = {name: [] for name in uses}
        for name, names in self.uses.items():
            for used in names:
                self.users[used].append(name)
        self.waits_for = {name: len(names) for name, names in self.uses.items()}
        self.names: list[str] = []
        self.circles: list[list[str]] = []
        self.placed: set[str] = set()
        self.place_all()

    def place_all(self) -> None:
        """Place every name."""
        self.place([name for name, count in self.waits_for.items() if not count])
        for name in sorted(self.uses):
            while name not in self.placed:
                circle = self.find_circle(name)
                self.circles.append(circle)
                self.place(circle)

    def place(self, ready: list[str]) -> None:
        """Place these names, and all that waited for nothing else."""
        pending = list(ready)
        while pending:
            name = pending.pop()
            if name in self.placed:
                continue
            self.placed.add(name)
            self.names.append(name)
            for user in self.users[name]:
                self.waits_for[user] -= 1
                if not self.waits_for[user]:
                    pending.append(user)

    def find_circle(self, start: str) -> list[str]:
        """A circle that a name stands on or leads to, from its smallest name on."""
        path: dict[str, int] = {}
        name = start
        while name not in path:
            path[name] = len(path)
            name = min(used for used in self.uses[name] if used not in self.placed)
        circle = list(path)[path[name] :]
        first = circle.index(min(circle))
        return circle[first:] + circle[:first]

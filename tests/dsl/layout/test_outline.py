"""Comments find the entry they speak of."""

from textwrap import dedent

from tallystick.dsl.layout.outline import Entry, Group, outline_of, walk
from tallystick.dsl.problems import Problems
from tallystick.dsl.source import Source
from tallystick.dsl.tree.nodes import Mapping, Sequence
from tallystick.dsl.tree.reader import read_document


def outline(text: str) -> Group:
    """The outline of a file."""
    root = read_document(Source("x.yaml", dedent(text).lstrip("\n")), Problems())
    assert isinstance(root, Mapping | Sequence)
    return outline_of(root)


def entry_of(group: Group, name: str) -> Entry:
    """The entry whose key, or whose text, is `name`."""
    for entry in walk(group):
        text = entry.key.text if entry.key is not None else getattr(entry.value, "text", "")
        if text == name:
            return entry
    raise AssertionError(name)


def texts(entry: Entry) -> tuple[list[str], list[str]]:
    """The comments above and beside an entry."""
    return [one.text for one in entry.before], [one.text for one in entry.beside]


def test_a_comment_is_above_what_follows_or_beside_what_it_is_behind() -> None:
    root = outline("""
        # one
        a:  # two
          # three
          - x  # four
          # five
          - y
        """)
    assert texts(entry_of(root, "a")) == (["# one"], ["# two"])
    assert texts(entry_of(root, "x")) == (["# three"], ["# four"])
    assert texts(entry_of(root, "y")) == (["# five"], [])


def test_a_deeper_comment_ends_the_group_above_it() -> None:
    root = outline("""
        a:
          b:
            c: 1
            # of b
          # of a
        # above d
        d: 2
        # of all
        """)
    a, b = entry_of(root, "a").value, entry_of(root, "b").value
    assert isinstance(a, Group) and isinstance(b, Group)
    assert [one.text for one in b.after] == ["# of b"]
    assert [one.text for one in a.after] == ["# of a"]
    assert texts(entry_of(root, "d")) == (["# above d"], [])
    assert [one.text for one in root.after] == ["# of all"]


def test_comments_inside_brackets() -> None:
    root = outline("""
        a: [  # open
          # above x
          x,  # beside x
          y
          # end
        ]  # close
        """)
    a = entry_of(root, "a")
    assert texts(a) == ([], ["# open", "# close"])
    assert texts(entry_of(root, "x")) == (["# above x"], ["# beside x"])
    assert isinstance(a.value, Group)
    assert [one.text for one in a.value.after] == ["# end"]
    assert a.value.has_comments


def test_hashes_inside_texts_are_no_comments() -> None:
    root = outline("""
        a: "x # no"
        b: |
          # no
        c: x#no
        """)
    assert not root.has_comments


def test_gaps_are_noticed() -> None:
    root = outline("""
        a: 1

        # said
        b: 2

        c: 3
        """)
    assert [entry_of(root, name).has_gap for name in "abc"] == [False, False, True]
    assert entry_of(root, "b").before[0].has_gap

"""Folders of rule files: which files are read, and which belong together."""

from pathlib import Path

import pytest

import tallystick
from tallystick.dsl.problems import RuleTextError
from tallystick.dsl.tree.reader import FILE_BYTES_MAX
from tallystick.errors import RulePathError
from tallystick.files import find_rulesets, load, read_sources

RULE = "promotions: {{{name}: {{then: {{percent_off: 20%}}}}}}\n"


def write(folder: Path, **files: str) -> None:
    """Write files by name, `__` for a slash and `_` for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some rule sets in it, which is the working directory."""
    write(
        tmp_path,
        rules__shop__main_yaml="ruleset: {currency: EUR}\n",
        rules__shop__sale__shoes_yaml=RULE.format(name="shoes"),
        rules__shop__sale__shoes_test_yaml="tests:\n",
        rules__shop__demo__set_yaml="# a demo\nruleset: {currency: JPY}\n",
        rules__shop__demo__deep__er__hats_yaml=RULE.format(name="hats"),
        rules__loose_yaml=RULE.format(name="loose"),
        rules__other__more_yaml=RULE.format(name="more"),
        rules__notes_txt="nothing",
        rules___hidden__secret_yaml="[",
    )
    (tmp_path / "rules" / "shop" / ".#main.yaml").write_text("[")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_folder_stands_for_its_rule_files(tree: Path) -> None:
    names = [source.name for source in read_sources(["rules/shop"])]
    assert names == [
        "rules/shop/demo/deep/er/hats.yaml",
        "rules/shop/demo/set.yaml",
        "rules/shop/main.yaml",
        "rules/shop/sale/shoes.test.yaml",
        "rules/shop/sale/shoes.yaml",
    ]


def test_a_file_is_read_once(tree: Path) -> None:
    paths: list[str | Path] = ["rules/other", "rules/other/more.yaml", Path("rules/other/../other")]
    assert [source.name for source in read_sources(paths)] == ["rules/other/more.yaml"]


def test_a_file_that_is_named_may_be_called_anything(tree: Path) -> None:
    (tree / "rules.yml").write_text(RULE.format(name="a"))
    assert load("rules.yml").promotions[0].id == "a"


def test_the_nearest_root_takes_a_file(tree: Path) -> None:
    found = {
        str(folder.root): [source.name for source in folder.sources]
        for folder in find_rulesets(["rules"])
    }
    assert found == {
        "rules": ["rules/loose.yaml", "rules/other/more.yaml"],
        "rules/shop": [
            "rules/shop/main.yaml",
            "rules/shop/sale/shoes.test.yaml",
            "rules/shop/sale/shoes.yaml",
        ],
        "rules/shop/demo": ["rules/shop/demo/deep/er/hats.yaml", "rules/shop/demo/set.yaml"],
    }


def test_folders_without_a_root_are_rule_sets_of_their_own(tree: Path) -> None:
    write(tree, first__a_yaml=RULE.format(name="a"), second__a_yaml=RULE.format(name="a"))
    roots = [str(folder.root) for folder in find_rulesets(["second", "first"])]
    assert roots == ["first", "second"]


def test_files_that_are_named_are_taken_together(tree: Path) -> None:
    (folder,) = find_rulesets(["rules/other/more.yaml", "rules/loose.yaml"])
    assert len(folder.sources) == 2
    (folder,) = find_rulesets(["rules/shop/main.yaml", "rules/loose.yaml"])
    assert len(folder.sources) == 2


def test_one_root_takes_all_files_of_a_path(tree: Path) -> None:
    write(tree, one__settings__main_yaml="ruleset: {currency: JPY}\n")
    write(tree, one__shoes_yaml=RULE.format(name="shoes"))
    (folder,) = find_rulesets(["one"])
    assert str(folder.root) == "one"
    assert load("one").currency == "JPY"
    assert len(load("one").promotions) == 1


@pytest.mark.parametrize(
    ("text", "is_root"),
    [
        ("ruleset:\n  currency: EUR\n", True),
        ("\ufeffruleset: {}\n", True),
        ("# first\r\nruleset : {}\r\n", True),
        ("'ruleset': {}\n", True),
        ("{ruleset: {}}\n", True),
        ("ruleset: [broken\n", True),
        ("# ruleset: {}\n", False),
        ("promotions:\n  ruleset: {then: {percent_off: 5%}}\n", False),
        ("rulesets: {}\n", False),
    ],
)
def test_what_makes_a_folder_a_root(tmp_path: Path, text: str, is_root: bool) -> None:
    write(tmp_path, inner__a_yaml=text, other__a_yaml="ruleset: {}\n")
    roots = {folder.root for folder in find_rulesets([tmp_path])}
    assert roots == ({tmp_path / "inner", tmp_path / "other"} if is_root else {tmp_path})


def test_load(tree: Path) -> None:
    ruleset = load("rules/shop/demo")
    assert ruleset.currency == "JPY"
    assert [promotion.id for promotion in ruleset.promotions] == ["hats"]


def test_a_folder_with_several_rule_sets_is_not_one(tree: Path) -> None:
    with pytest.raises(RulePathError) as caught:
        load("rules")
    for name in ("`rules`", "`rules/shop`", "`rules/shop/demo`"):
        assert name in str(caught.value)


def test_all_paths_that_lead_nowhere_are_named(tree: Path) -> None:
    (tree / "empty").mkdir()
    write(tree, other__a_yml="promotions: {}")
    with pytest.raises(RulePathError) as caught:
        read_sources(["nowhere", "empty", "other", "rules"])
    assert str(caught.value).splitlines() == [
        "there is no file or folder `nowhere`",
        "`empty` has no rule files `*.yaml`",
        "`other/a.yml` is not read: rename it `a.yaml`",
    ]


def test_callers_can_catch_what_load_raises(tmp_path: Path) -> None:
    with pytest.raises(tallystick.RulePathError, match="there is no file or folder"):
        tallystick.load(tmp_path / "gone")


def test_a_file_that_cannot_be_read(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(RulePathError, match=r"more\.yaml` cannot be read: permission"):
        read_sources(["rules/other"])


def test_links_in_circles_end(tree: Path) -> None:
    (tree / "rules" / "other" / "again").symlink_to(tree / "rules")
    assert len(read_sources(["rules/other"])) == 1


def test_bytes_that_are_not_text_are_a_problem_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"# caf\xe9\n")
    (tmp_path / "b.yaml").write_bytes("promotions: {}".encode("utf-16"))
    with pytest.raises(RuleTextError) as caught:
        load(tmp_path)
    found = [(one.code, *one.span.place[1:]) for one in caught.value.problems]
    assert found == [("R005", 1, 6), ("R005", 1, 1)]


def test_of_a_huge_file_only_a_part_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.yaml").open("wb") as stream:
        stream.truncate(50 * 10**6)
    (source,) = read_sources([tmp_path])
    assert len(source.text) == FILE_BYTES_MAX + 1
    with pytest.raises(RuleTextError) as caught:
        load(tmp_path)
    assert [one.code for one in caught.value.problems] == ["R002"]


def test_line_ends_and_marks_are_kept(tmp_path: Path) -> None:
    write(tmp_path, a_yaml="\ufeffpromotions:\r\n  é: {}\r\n")
    assert read_sources([tmp_path])[0].text == "\ufeffpromotions:\r\n  é: {}\r\n"


def test_nothing_that_looks_like_a_rule_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("promotions: {p: {then: {percent_off: 1%}}}\n")
    for name in ("b.yml", "C.YAML"):
        (tmp_path / name).write_text("promotions: {}\n")
    (tmp_path / "d.yaml").symlink_to(tmp_path / "nowhere.yaml")
    with pytest.raises(RulePathError) as caught:
        load(tmp_path)
    assert str(caught.value).split("\n") == [
        f"`{tmp_path}/C.YAML` is not read: rename it `C.yaml`",
        f"`{tmp_path}/b.yml` is not read: rename it `b.yaml`",
        f"`{tmp_path}/d.yaml` cannot be read: it is no file",
    ]


def test_an_empty_path_is_not_the_current_folder() -> None:
    with pytest.raises(RulePathError, match="a path is empty"):
        load("")


def test_audit_looks_at_what_load_would_load(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("programs: {club: {earn_on: gross}}\n")
    assert [one.code for one in tallystick.audit(tmp_path)] == ["N573"]
    (tmp_path / "a.yaml").write_text("programs: {club: 1}\n")
    with pytest.raises(RuleTextError):
        tallystick.audit(tmp_path)
    with pytest.raises(RulePathError):
        tallystick.audit(tmp_path / "nowhere")

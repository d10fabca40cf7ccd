"""Suites of tests in, JUnit XML out: what build servers read."""

from collections.abc import Sequence
from xml.etree import ElementTree

from .failure import printable
from .suite import Suite, Verdict

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render_junit(suites: Sequence[Suite]) -> str:
    """One `testsuite` a file, one `testcase` a test, and what no test has seen as its output."""
    root = ElementTree.Element("testsuites", {"name": "tally test"})
    for suite in suites:
        for file, verdicts in suite.by_file():
            add_file(root, file, verdicts)
    every = [verdict for suite in suites for verdict in suite.verdicts]
    root.attrib.update(counts_of(every))
    gaps = [gap.text for suite in suites for gap in suite.gaps()]
    if gaps:
        add_output(root, gaps)
    ElementTree.indent(root)
    return DECLARATION + ElementTree.tostring(root, encoding="unicode")


def add_file(root: ElementTree.Element, file: str, verdicts: Sequence[Verdict]) -> None:
    """The tests of one file."""
    element = ElementTree.SubElement(root, "testsuite", {"name": clean(file)})
    element.attrib.update(counts_of(verdicts))
    for verdict in verdicts:
        add_case(element, verdict)


def add_case(parent: ElementTree.Element, verdict: Verdict) -> None:
    """One test."""
    file, line = verdict.place
    words = {
        "name": clean(verdict.case.name),
        "classname": clean(file),
        "file": clean(file),
        "line": str(line),
        "time": f"{verdict.seconds:.3f}",
    }
    element = ElementTree.SubElement(parent, "testcase", words)
    if verdict.status == "passed":
        return
    tag = "error" if verdict.status == "error" else "failure"
    sentences = [clean(sentence) for sentence in verdict.sentences]
    said = ElementTree.SubElement(element, tag, {"message": sentences[0]})
    said.text = "\n".join([f"{clean(file)}:{line}", *sentences])


def add_output(root: ElementTree.Element, gaps: Sequence[str]) -> None:
    """What no test has seen, as the output of a suite of its own; the schema has no other place."""
    element = ElementTree.SubElement(root, "testsuite", {"name": "coverage"})
    element.attrib.update(counts_of([]))
    ElementTree.SubElement(element, "system-out").text = "\n".join(map(clean, gaps))


def counts_of(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """How many tests, and how they went."""
    return {
        "tests": str(len(verdicts)),
        "failures": str(sum(verdict.status == "failed" for verdict in verdicts)),
        "errors": str(sum(verdict.status == "error" for verdict in verdicts)),
        "time": f"{sum(verdict.seconds for verdict in verdicts):.3f}",
    }


def clean(text: str) -> str:
    """A text that XML can hold."""
    return printable(text)

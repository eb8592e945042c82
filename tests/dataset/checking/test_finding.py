"""Findings as a person and as a program reads them."""

from __future__ import annotations

import json

import pytest

from dataset.checking.finding import Finding, finding_lines, findings_json, verdict

NOTE = Finding("note", "A class is rare.", ("car",), "Add some.")
ERROR = Finding("error", "7 files are bad.", tuple("abcdefg"), "Correct them.")


def test_errors_come_first_with_five_examples_and_what_to_do() -> None:
    assert list(finding_lines([NOTE, ERROR])) == [
        "Error: 7 files are bad.",
        *["  a", "  b", "  c", "  d", "  e"],
        "  and 2 more",
        "  → Correct them.",
        "Note: A class is rare.",
        "  car",
        "  → Add some.",
    ]


def test_no_finding_is_no_line() -> None:
    assert list(finding_lines([])) == []


def test_the_json_has_all_details() -> None:
    rows = json.loads(json.dumps(findings_json([NOTE, ERROR])))
    assert [row["severity"] for row in rows] == ["error", "note"]
    assert rows[0]["details"] == list("abcdefg")
    assert rows[1]["advice"] == "Add some."


@pytest.mark.parametrize(
    ("findings", "text"),
    [
        ([], "Nothing was found that is wrong."),
        ([NOTE, ERROR, NOTE], "Found 1 error, 2 notes."),
    ],
)
def test_the_verdict_counts_them(findings: list[Finding], text: str) -> None:
    assert verdict(findings) == text

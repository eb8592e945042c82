"""What a check found: one sentence, examples, and what to do about it.

print(*finding_lines(findings), sep="\n")
write_json(path, {"findings": findings_json(findings)})
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dataset.wording import counted

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
SHOWN = 5  # examples of one finding that a person reads; the JSON has all


@dataclass(frozen=True)
class Finding:
    """Something about the data that a person should know.

    Args:
        severity: An error makes scores wrong or loses pairs, a warning probably does, a note may.
        headline: One sentence.
        details: Files or classes, the ones that matter most first.
        advice: What to do.
    """

    severity: Severity
    headline: str
    details: tuple[str, ...] = ()
    advice: str = ""


def by_severity(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """The findings as a person reads them, errors first; no line where there are none."""
    for finding in by_severity(findings):
        yield f"{finding.severity.capitalize()}: {finding.headline}"
        yield from (f"  {detail}" for detail in finding.details[:SHOWN])
        if len(finding.details) > SHOWN:
            yield f"  and {len(finding.details) - SHOWN:,} more"
        if finding.advice:
            yield f"  → {finding.advice}"


def verdict(findings: Sequence[Finding]) -> str:
    """The last line: how many of each kind."""
    severities = [finding.severity for finding in findings]
    parts = [
        counted(severities.count(severity), severity)
        for severity in SEVERITIES
        if severity in severities
    ]
    return f"Found {', '.join(parts)}." if parts else "Nothing was found that is wrong."


def findings_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """All findings with all details, errors first."""
    return [
        asdict(finding) | {"details": list(finding.details)} for finding in by_severity(findings)
    ]

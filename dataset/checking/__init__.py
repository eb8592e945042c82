"""What may be wrong with a dataset, found before hours of training are spent on it.

findings = quick_check(dataset, cached)             # by every training: about a second
findings = full_check(dataset, cached, sizes)       # by `python main.py check`: a minute
print(*finding_lines(findings), sep="\n")
"""

from dataset.checking.checks import full_check, quick_check
from dataset.checking.finding import Finding, finding_lines, findings_json, verdict
from dataset.checking.sizes import photo_sizes

__all__ = [
    "Finding",
    "finding_lines",
    "findings_json",
    "full_check",
    "photo_sizes",
    "quick_check",
    "verdict",
]

"""What may be wrong with a dataset, found before hours of training are spent on it.

findings = quick_check(dataset, cached)             # by every training: about a second
problems = unreadable(dataset)                      # of the test split, which is not cached
findings = full_check(dataset, cached, sizes, problems)     # by `python main.py check`: a minute
print(*finding_lines(findings), sep="\n")
"""

from dataset.checking.checks import full_check, quick_check
from dataset.checking.finding import Finding, finding_lines, findings_json, verdict
from dataset.checking.sizes import photo_sizes
from dataset.checking.unlearned import unreadable

__all__ = [
    "Finding",
    "finding_lines",
    "findings_json",
    "full_check",
    "photo_sizes",
    "quick_check",
    "unreadable",
    "verdict",
]

"""Several recipes side by side: one table as text, one as a picture.

print(*comparison_lines(entries, failed), sep="\\n")
draw_comparison(entries, Path("output/comparison.png"))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evaluation.plots import QUIET, VALIDATION_COLOUR, new_figure, save_figure


@dataclass(frozen=True)
class Entry:
    """What one recipe came to."""

    recipe: str
    images: int
    """Pictures seen in training, every repetition counted."""
    accuracy: float
    mean_iou: float
    low: float
    high: float
    """The interval that holds mean_iou with 95 %, by drawing validation pictures anew."""
    seconds: float
    parameters: int
    megabytes: float
    """Of the model file."""
    size: str
    """Width × height that the recipe learns at."""
    answered_from: str
    """Each photo as it is, or other views of it, too."""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def ranked(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: -entry.mean_iou)


def comparison_lines(entries: Sequence[Entry], failed: Mapping[str, str]) -> Iterator[str]:
    """A table, the best recipe first, and what it says in a sentence.

    Args:
        entries: The recipes that came to a model.
        failed: The others, and why.
    """
    width = max(map(len, [*(entry.recipe for entry in entries), *failed])) + 2
    yield (
        f"  {'recipe':<{width}}{'mIoU':>6}{'95 % interval':>16}{'accuracy':>10}{'images seen':>13}"
        f"{'seconds':>9}{'learned at':>12}{'parameters':>12}{'file':>10}"
    )
    for entry in ranked(entries):
        interval = f"{entry.low:.3f} to {entry.high:.3f}"
        yield (
            f"  {entry.recipe:<{width}}{entry.mean_iou:>6.3f}{interval:>16}{entry.accuracy:>10.3f}"
            f"{entry.images:>13,}{entry.seconds:>9.0f}{entry.size:>12}{entry.parameters:>12,}"
            f"{entry.megabytes:>7.1f} MB"
        )
    for recipe, reason in failed.items():
        yield f"  {recipe:<{width}}no model: {reason}"
    if len(entries) > 1:
        yield answered(ranked(entries))
        yield verdict(ranked(entries))


def answered(entries: Sequence[Entry]) -> str:
    """Which recipes ask their model about other views of a photo, too."""
    ways: dict[str, list[str]] = {}
    for entry in entries:
        ways.setdefault(entry.answered_from, []).append(entry.recipe)
    told = "; ".join(f"{way}: {', '.join(recipes)}" for way, recipes in ways.items())
    return f"Answered from each photo {told}."


def verdict(ranking: Sequence[Entry]) -> str:
    """Whether the first is better than the second for certain."""
    first, second = ranking[:2]
    gain = first.mean_iou - second.mean_iou
    if first.low > second.high:
        return f"{first.recipe} is better than {second.recipe} by {gain:.3f}; no interval overlaps."
    return (
        f"{first.recipe} is ahead of {second.recipe} by {gain:.3f}, but their intervals overlap: "
        "more minutes, more validation pairs or other seeds may turn them round."
    )


def draw_comparison(entries: Sequence[Entry], path: Path) -> Path:
    """Bars of mean IoU with their intervals; the other figures stand beside the names."""
    ranking = ranked(entries)[::-1]  # the first is drawn at the bottom
    figure = new_figure(9.5, 1.5 + 0.62 * len(ranking))
    axes = figure.subplots()
    for place, entry in enumerate(ranking):
        best = place == len(ranking) - 1
        axes.barh(place, entry.mean_iou, color=VALIDATION_COLOUR if best else "#d9b5ab", height=0.6)
        axes.plot([entry.low, entry.high], [place, place], color="#333333", linewidth=1.4)
        note = f"{entry.mean_iou:.3f}   accuracy {entry.accuracy:.3f}"
        right = max(entry.high, entry.mean_iou)
        axes.annotate(note, (right, place), (6, 0), textcoords="offset points", va="center")
    labels = [
        f"{entry.recipe}\n{entry.images:,} images in {entry.seconds:.0f} s, {entry.size}"
        for entry in ranking
    ]
    axes.set_yticks(range(len(ranking)), labels, fontsize=9)
    axes.set_xlim(0, 1.45 * max(0.02, *(entry.high for entry in entries)))
    axes.set_xlabel("mean IoU on the validation pairs, with 95 % interval", color=QUIET)
    axes.set_title("Recipes with the same time on the same pairs", fontsize=11)
    axes.grid(axis="x", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    return save_figure(figure, path)

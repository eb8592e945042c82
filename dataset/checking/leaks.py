"""Photos of val that train has too, or nearly so: scores on them praise memory, not learning.

    matches = find_leaks(Album(train), Album(val), closely=True)
    matches[0]      # Match(val=4, train=17, kind='same', …): closest first

The quick look compares hashes (likeness.py), and finds copies that were stored anew, relit,
mirrored or shifted a little. The close one also asks the most alike train photos of each val
photo for common points (keypoints.py), and finds neighbouring frames of a drive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np

from dataset.checking.album import Album
from dataset.checking.finding import Finding
from dataset.checking.keypoints import sameness
from dataset.checking.likeness import fingerprints, mirrored, nearest, usual
from dataset.counting import Progress
from dataset.wording import counted

# Different streets have at most .65, two empty highways below a grey sky in IDD .81; copies of one
# photo seldom have less than .85.
ALIKE = 0.84
# In sameness: of 10,000 comparisons between Cityscapes train and val the most is 2, between drawn
# streets 10. CamVid frames 1 s apart have 10 to 20 with 40 common points, 21 to 40 with 80.
SAME_PLACE = 16.0
# Photos looked at closely, which bounds the time: 2.5 ms each, and 4 ms for each photo. Of
# shifted, enlarged and relit copies the original is among the 3 most alike for 94 %, among 10 for
# 96 %; of CamVid's val the frame of train that lies 1 s away is the 12th and 19th.
LOOKS, FEWEST, MOST = 10_000, 3, 20

Kind = Literal["same", "alike", "place"]


@dataclass(frozen=True)
class Match:
    """A photo of val, by its place, and the most alike one of train."""

    val: int
    train: int
    mirrored: bool
    likeness: float
    sameness: float = 0.0
    same: bool = False

    @property
    def kind(self) -> Kind | None:
        """None if they are different."""
        if self.same:
            return "same"
        if self.likeness >= ALIKE:
            return "alike"
        return "place" if self.sameness >= SAME_PLACE else None


def find_leaks(
    train: Album,
    val: Album,
    closely: bool = False,
    workers: int = 2,
    progress: Progress | None = None,
) -> list[Match]:
    """The photos of val that train shows as well, each with its closest, closest first."""
    if not train.names or not val.names:
        return []
    count = min(MOST, max(FEWEST, LOOKS // len(val.names))) if closely else 1
    candidates = _candidates(train, val, count)
    best = [matches[0] for matches in candidates]
    if closely:
        unclear = [matches for matches in candidates if matches[0].kind is None]
        with ThreadPoolExecutor(workers) as pool:
            looked = pool.map(partial(_look_closely, train, val), unclear)
            for done, match in enumerate(looked, 1):
                best[match.val] = match
                if progress:
                    progress(done, len(unclear))
    return sorted((match for match in best if match.kind), key=closeness, reverse=True)


def closeness(match: Match) -> tuple[bool, bool, float, float]:
    """The larger, the closer."""
    alike = match.likeness >= ALIKE
    return match.same, alike, match.likeness if alike else 0.0, match.sameness


def _candidates(train: Album, val: Album, count: int) -> list[list[Match]]:
    """For each photo of val the most alike ones of train, as they are or mirrored, best first."""
    found: list[list[Match]] = [[] for _ in val.names]
    common = usual(train.prints)
    for mirror in (False, True):
        prints = fingerprints(mirrored(val.thumbs)) if mirror else val.prints
        places, likeness = nearest(prints, train.prints, count)
        beyond = (likeness - common) / (1 - common)
        for place, (others, values) in enumerate(zip(places, beyond, strict=True)):
            for other, value in zip(others.tolist(), values.tolist(), strict=True):
                same = value >= ALIKE and not mirror and _is_copy(val, place, train, other)
                found[place].append(Match(place, other, mirror, value, same=same))
    return [sorted(matches, key=_likeness, reverse=True)[:count] for matches in found]


def _likeness(match: Match) -> tuple[bool, float]:
    return match.same, match.likeness


def _is_copy(album: Album, place: int, other_album: Album, other: int) -> bool:
    return np.array_equal(album.photos[place], other_album.photos[other])


def _look_closely(train: Album, val: Album, matches: list[Match]) -> Match:
    """The candidate with most points in common."""
    looked = [
        replace(
            match,
            sameness=sameness(val.points(match.val, match.mirrored), train.points(match.train)),
        )
        for match in matches
    ]
    return max(looked, key=closeness)


def leak_findings(train: Album, val: Album, matches: Sequence[Match]) -> Iterator[Finding]:
    """One finding for all; copies make it an error."""
    if not matches:
        return
    same = sum(match.same for match in matches)
    yield Finding(
        "error" if same else "warning",
        f"{len(matches):,} of {counted(len(val.names), 'photo')} of val "
        f"{'is' if len(matches) == 1 else 'are'} in train as well, or nearly so"
        f"{f'; {same:,} to the last pixel' if same else ''}.",
        tuple(_describe(train, val, match) for match in matches),
        "Scores will be too good. Take them out of train or val; keep frames of a drive together.",
    )


def _describe(train: Album, val: Album, match: Match) -> str:
    how = {
        "same": "the same",
        "alike": f"nearly the same, {min(0.99, match.likeness):.0%} alike",
        "place": "the same place, a moment apart",
    }[match.kind or "alike"]
    return f"{val.names[match.val]} and {train.names[match.train]}: {how}" + (
        ", mirrored" if match.mirrored else ""
    )

"""The test split, which no training reads: its pairs are decoded once to see whether they can be.

    problems = unreadable(dataset, workers)     # why, for each pair that cannot
    findings = unusable_test(dataset, problems)

Nothing is kept of what is decoded, so 10,000 pairs take the time of decoding and no room.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from dataset.checking.finding import Finding
from dataset.counting import Progress
from dataset.pairs import Dataset, Pair
from dataset.wording import counted
from utils_func import BadInput


def unreadable(dataset: Dataset, workers: int = 2, progress: Progress | None = None) -> list[str]:
    """What is wrong with pairs of test.

    Args:
        dataset: As the format found it; a photo of test without a label is in `alone`.
        workers: Threads that decode.
        progress: Called with the pairs decoded and those to decode in all.
    """

    def problem(pair: Pair) -> str:
        try:
            dataset.decode(pair)
        except BadInput as bad:
            return str(bad)
        return ""

    problems = []
    with ThreadPoolExecutor(workers) as pool:
        for done, text in enumerate(pool.map(problem, dataset.test), 1):
            problems += [text] if text else []
            if progress:
                progress(done, len(dataset.test))
    return problems


def unusable_test(dataset: Dataset, problems: Sequence[str]) -> Iterator[Finding]:
    """Pairs of test that could not be decoded."""
    if problems:
        yield Finding(
            "error",
            f"{len(problems):,} of {counted(len(dataset.test), 'pair')} of test cannot be used.",
            tuple(problems),
            "Correct these files. Training needs none of them; they are missing where test is "
            "scored.",
        )

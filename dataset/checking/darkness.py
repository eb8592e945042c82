"""Photos that use a small part of the values, as where 4 bits of a camera lie in files of 8.

print(*finding_lines(list(all_dark(cached.train))))
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataset.cache import Examples
from dataset.checking.finding import Finding

LOOKED_AT = 32
# Four bits end at 15 of 255, six at 63. One pixel in a thousand may be a fault.
DARK, SHARE = 64, 0.999


def all_dark(examples: Examples) -> Iterator[Finding]:
    """Told of all photos together: one by one they may be of the night."""
    if not len(examples):
        return
    highest = max(float(np.quantile(photo, SHARE)) for photo in examples.spread(LOOKED_AT).photos)
    if 0 < highest < DARK:
        yield Finding(
            "warning",
            f"All photos are dark: hardly a value is above {highest:.0f} of 255.",
            (),
            "If their values were shrunk when they were saved, the network sees few shades of "
            f"them: save them anew from what they were, or all values times {int(255 / highest)}. "
            "If they are of the night, nothing is wrong.",
        )

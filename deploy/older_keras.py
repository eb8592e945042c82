"""Makes a model's configuration one that older versions of Keras 3 open as well.

    opened.attrs["model_config"] = readable(opened.attrs["model_config"])

A layer that meets an option which its version does not know refuses the whole file, and new
versions write all they have: files of Keras 3.15 did not open in 3.13. Without what is newer, and
says nothing, they open in 3.4 to 3.15.
"""

from __future__ import annotations

import json
from typing import Any

# Options that are newer than Keras 3.4, with the value that means what was there before.
NEWER = {
    "input_axes": None,
    "optional": False,
    "output_axes": None,
    "output_padding": None,
    "quantization_config": None,
    "ragged": False,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}


def readable(configuration: str) -> str:
    """The same JSON without the options that say nothing."""
    return json.dumps(_without(json.loads(configuration)))


def _without(part: Any) -> Any:
    if isinstance(part, list):
        return [_without(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without(value)
        for name, value in part.items()
        if name not in NEWER or value != NEWER[name]
    }

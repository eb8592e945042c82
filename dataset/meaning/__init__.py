"""What label pictures mean, found from the pictures themselves: nobody is asked for classes.

    meaning = find_meaning(pairs, read, as_colour)
    meaning.coding.classes, meaning.remarks

looking.py looks at every label, values.py and colours.py conclude from what was seen.
"""

from dataset.meaning.deciding import Meaning, find_meaning

__all__ = ["Meaning", "find_meaning"]

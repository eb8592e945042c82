"""Writing in the middle of a run: what cannot be written now is tried again, and the run goes on.

trying = Trying(display.say)
trying(lambda: write_json(path, content))       # False where it could not be written
"""

from __future__ import annotations

from collections.abc import Callable

from training.run_folder import NotWritten


class Trying:
    """A full disk, or a folder that is gone for a while, must not cost the hours before it.

    Args:
        say: Tells a person.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.told: set[str] = set()

    def __call__(self, write: Callable[[], object]) -> bool:
        """Whether it could be written. Each trouble is told of once."""
        try:
            write()
        except NotWritten as problem:
            if problem.what not in self.told:
                self.say(
                    f"{problem.what}. The run goes on, and tries again later; what had been "
                    "written before is whole. Please make room, or mend what is wrong."
                )
            self.told.add(problem.what)
            return False
        return True

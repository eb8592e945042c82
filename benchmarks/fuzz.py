"""Feeds damaged files to the program: each must give a result or a message that names the file.

    python benchmarks/fuzz.py                       # 10,000 cases; make fuzz does the same
    python benchmarks/fuzz.py --cases 300 --seed 7
    python benchmarks/fuzz.py --only 1234           # one case again, with what it printed

Each case is a function of its number: a small folder of pairs, a class table, a cache, a state or a
model is copied, one file of it is damaged (benchmarks/damage), and check, train, evaluate or
predict is run on it. What must not happen: a traceback, a hang, a crash of the interpreter, more
than 1 GB of memory, a file outside the output and the cache, code that runs from a file.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[0] = str(Path(__file__).resolve().parents[1])  # or 'labels' would be labels.py

from benchmarks.material import COMMANDS, KINDS, inside, make_material  # noqa: E402
from benchmarks.memory import status  # noqa: E402
from benchmarks.table import machine  # noqa: E402

SECONDS = 90  # a case that takes longer hangs
MEMORY = 1e9  # bytes that a case may take
RENEWED = 400  # cases until a process is exchanged for a new one
FORGET = Path("/proc/self/clear_refs")  # of Linux: where a process has its peak forgotten
RIGHT = ("result", "message")


@dataclass(frozen=True)
class Case:
    """One damaged file, and what came of it."""

    kind: str
    damage: str
    command: str
    outcome: str
    told: str = ""


def run_case(number: int, seed: int, material: Path, folder: Path) -> Case:
    """Damages a file in a copy of the material, and runs a command on it."""
    own = random.Random(f"{seed} {number}")
    names = list(KINDS)
    name = own.choices(names, [KINDS[name].weight for name in names])[0]
    kind = KINDS[name]
    place = folder / "up" / "and" / "up" / "case"  # so that what climbs out is seen
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(material, place)
    file = own.choice(sorted(place.glob(kind.pattern)))
    command, harm = own.choice(kind.commands), own.choice(kind.damages)
    changed = harm(file, own)
    said = harm.__name__.replace("_", " ")
    before = _outside(place, folder)
    done = _run(command, place)
    told = f"{done.printed}\n{done.complained}"
    if done.code is None:
        return Case(name, said, command, "traceback", told)
    if done.grown > MEMORY:
        return Case(name, said, command, "memory", f"{done.grown / 1e9:.1f} GB\n{told}")
    if added := _outside(place, folder) ^ before:
        return Case(name, said, command, "file outside", f"{added}\n{told}")
    if done.code < 2:
        return Case(name, said, command, "result", told)
    named = changed.name in done.complained or file.name in done.complained
    # Where there is no such file any more, it is the folder that is wrong.
    named |= not changed.is_file() and file.relative_to(place).parts[0] in done.complained
    return Case(name, said, command, "message" if named else "message without a name", told)


def _outside(place: Path, folder: Path) -> set[tuple[str, int, int]]:
    """All that a command may not touch, with sizes and times: what is not its output or cache."""
    inside = {place / "output", place / "cache"}
    found = set()
    for at, folders, files in os.walk(folder):
        if inside & {Path(at), *Path(at).parents}:
            continue
        for name in (*folders, *files):
            file = os.path.join(at, name)  # noqa: PTH118 - names may be no valid text
            told = os.lstat(file)
            is_folder = name in folders  # whose time changes with what it holds
            found.add((file, 0, 0) if is_folder else (file, told.st_size, told.st_mtime_ns))
    return found


@dataclass(frozen=True)
class Done:
    """Exit code, or None where something was raised; what was printed; memory that it took."""

    code: int | None
    printed: str
    complained: str
    grown: float


def _run(command: str, place: Path) -> Done:
    import main

    printed, complained = io.StringIO(), io.StringIO()
    before = sum(status("VmRSS"))
    _forget_peak()
    code: int | None = None
    caught = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained)
    with inside(place), caught[0], caught[1]:
        try:
            if command.startswith("decode"):
                code = _decode(COMMANDS[command])
            else:
                code = main.main(COMMANDS[command])
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            complained.write(traceback.format_exc())
    return Done(code, printed.getvalue(), complained.getvalue(), sum(status("VmHWM")) - before)


def _decode(arguments: list[str]) -> int:
    """What a training does first, and what it says where that goes wrong."""
    import main
    from training.options import parse
    from utils_func import BadInput

    try:
        main.find_and_decode(parse(arguments)[1])
    except BadInput as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        FORGET.write_text("5")


def _serve(connection: Connection, seed: int, material: Path) -> None:
    """In a process of its own: one case after the other."""
    import warnings

    warnings.simplefilter("ignore")
    from training.backend import start_keras

    start_keras()
    with tempfile.TemporaryDirectory(prefix="fuzz-case-") as folder:
        while (number := connection.recv()) is not None:
            connection.send(run_case(number, seed, material, Path(folder)))


class Worker:
    """A process that runs cases, and what it is busy with."""

    def __init__(self, seed: int, material: Path) -> None:
        context = get_context("spawn")
        self.connection, other = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(other, seed, material))
        self.process.start()
        other.close()
        self.done = 0

    def give(self, number: int) -> None:
        self.connection.send(number)
        self.number, self.since = number, time.monotonic()

    def result(self) -> Case | None:
        """What came of the case, once that is known."""
        if self.connection.poll(0.01):
            try:
                self.done += 1
                return self.connection.recv()  # type: ignore[no-any-return]
            except (EOFError, OSError):
                self.process.join()
                return Case("?", "?", "?", "crash", f"exit code {self.process.exitcode}")
        # The first case waits for TensorFlow to be imported.
        if time.monotonic() - self.since > SECONDS:
            return Case("?", "?", "?", "hang", f"more than {SECONDS} s")
        return None

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def results(
    numbers: Iterator[int], seed: int, material: Path, workers: int
) -> Iterator[tuple[int, Case]]:
    """What came of each case; a process that hangs or dies is exchanged for a new one."""
    busy: list[Worker] = []
    try:
        for _ in range(workers):
            if (number := next(numbers, None)) is not None:
                busy.append(Worker(seed, material))
                busy[-1].give(number)
        while busy:
            for worker in list(busy):
                if (case := worker.result()) is None:
                    continue
                yield worker.number, case
                busy.remove(worker)
                if (number := next(numbers, None)) is None:
                    worker.stop()
                    continue
                if case.kind == "?" or worker.done >= RENEWED:
                    worker.stop()
                    worker = Worker(seed, material)
                busy.append(worker)
                worker.give(number)
    finally:
        for worker in busy:
            worker.stop()


def report(cases: list[Case], wrong: list[int]) -> Iterator[str]:
    """A table of kinds and outcomes."""
    outcomes = sorted({case.outcome for case in cases}, key=lambda one: (one not in RIGHT, one))
    yield f"| damaged | cases | {' | '.join(outcomes)} |"
    yield f"|---|---|{'---|' * len(outcomes)}"
    counts = Counter((case.kind, case.outcome) for case in cases)
    for kind in dict.fromkeys(sorted(case.kind for case in cases)):
        row = [counts[kind, outcome] for outcome in outcomes]
        yield f"| {kind} | {sum(row):,} | {' | '.join(f'{number:,}' for number in row)} |"
    row = [sum(case.outcome == outcome for case in cases) for outcome in outcomes]
    yield f"| all | {len(cases):,} | {' | '.join(f'{number:,}' for number in row)} |"
    kinds = len({case.damage for case in cases})
    yield f"\n{kinds} kinds of damage. Wrong: {', '.join(map(str, wrong)) or 'none'}."


def fuzz(numbers: list[int], seed: int, workers: int, aloud: bool = False) -> list[Case]:
    """Runs the cases, prints each that went wrong, and the table."""
    cases: list[Case] = []
    wrong: list[int] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        make_material(Path(folder))
        for number, case in results(iter(numbers), seed, Path(folder), workers):
            cases.append(case)
            if case.outcome not in RIGHT:
                wrong.append(number)
            if aloud or case.outcome not in RIGHT:
                heading = f"{case.kind}, {case.damage}, {case.command}: {case.outcome}"
                print(f"case {number}: {heading}\n{case.told[-3000:]}\n", flush=True)
            if len(cases) % 500 == 0:
                print(f"{len(cases):,} cases, {len(wrong)} wrong", flush=True)
    print(*report(cases, wrong), sep="\n")
    return cases


def main() -> int:
    parser = argparse.ArgumentParser(description="Feeds damaged files to the program.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, nargs="+", help="numbers of cases")
    given = parser.parse_args()
    print(f"python benchmarks/fuzz.py {' '.join(sys.argv[1:])}".strip())
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}", end="\n\n", flush=True)
    numbers = given.only or list(range(given.cases))
    cases = fuzz(numbers, given.seed, given.workers, aloud=bool(given.only))
    return int(any(case.outcome not in RIGHT for case in cases))


if __name__ == "__main__":
    sys.exit(main())

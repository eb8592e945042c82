"""python main.py check --data FOLDER: looks at everything before anyone waits for a training."""

from __future__ import annotations

from dataset.checking import (
    finding_lines,
    findings_json,
    full_check,
    photo_sizes,
    unreadable,
    verdict,
)
from dataset.counting import counting
from dataset.sizing import written
from dataset.source import decode_all, open_data
from dataset.summary import describe
from evaluation.contact_sheet import draw_contact_sheet
from training.config import Config
from training.run_folder import make_writable, write_json


def run(config: Config) -> int:
    """Prints and keeps what was found. Returns 1 where something must be corrected first."""
    make_writable(config.output)
    dataset = open_data(config.data, config.format, config.cache)
    largest = next(iter(config.larger_sizes(dataset.shape)), None)
    config = config.fitted(dataset.shape)
    cached = decode_all(dataset, config.cache, config.size, True, config.workers)
    sizes = photo_sizes(dataset, config.workers)
    with counting("Decoding pairs of test") as progress:
        problems = unreadable(dataset, config.workers, progress)
    with counting("Comparing photos") as progress:
        findings = full_check(dataset, cached, sizes, problems, config.workers, progress)
    print(*describe(dataset, cached, sizes, largest), sep="\n")
    if findings:
        print("", *finding_lines(findings), sep="\n")
    sheet = draw_contact_sheet(dataset, cached, config.output / "check.png")
    content = {
        "folder": str(dataset.folder),
        "format": dataset.format,
        "pairs": {"train": len(cached.train), "val": len(cached.val), "test": len(dataset.test)},
        "photo_sizes": {written(size): count for size, count in sizes.items()},
        "classes": dataset.classes.to_json(),
        "findings": findings_json(findings),
    }
    write_json(config.output / "check.json", content)
    print(f"\n{verdict(findings)}\nLook at {sheet}; all of this is in check.json beside it.")
    return int(any(finding.severity == "error" for finding in findings))

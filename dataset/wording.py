"""Numbers as a person reads them."""

from __future__ import annotations


def counted(number: int, what: str) -> str:
    """'1 pair', '1,200 pairs', '2 classes'."""
    ending = "" if number == 1 else "es" if what.endswith("s") else "s"
    return f"{number:,} {what}{ending}"


def duration(seconds: float) -> str:
    """'45 s', '3 min 20 s', '5 min' or '2 h 5 min'."""
    seconds = max(0, round(seconds))
    if seconds < 60:
        return f"{seconds} s"
    greater, lesser = ("h", "min") if seconds >= 3600 else ("min", "s")
    whole, rest = divmod(seconds // 60 if greater == "h" else seconds, 60)
    return f"{whole} {greater} {rest} {lesser}" if rest else f"{whole} {greater}"


def short(seconds: float) -> str:
    """'206 ms' or '14.0 s'."""
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def about(number: float) -> str:
    """'0.52', '4.8', '66' or '1,200'."""
    return f"{number:.2g}" if number < 10 else f"{number:,.0f}"

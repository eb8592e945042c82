"""Starting Keras."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from training.backend import device, processor, start_keras

ROOT = Path(__file__).parents[2]


def fresh(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a new process that has none of the settings of this one."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_", "KERAS_", "JAX_"))
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_keras_starts_without_a_word_on_stderr(backend: str) -> None:
    if not importlib.util.find_spec(backend):
        pytest.skip(f"{backend} is not installed")
    code = (
        "import sys\n"
        "from training.backend import device, processor, start_keras\n"
        "assert 'keras' not in sys.modules\n"
        "start_keras()\n"
        "import keras\n"
        "assert device().startswith(('CPU, ', 'GPU ')), device()\n"
        "print(keras.backend.backend())\n"
        "print('still heard', file=sys.stderr)\n"
    )
    done = fresh(code, KERAS_BACKEND=backend)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{backend}\n", "still heard\n")


@pytest.mark.slow
def test_an_error_while_keras_starts_is_seen() -> None:
    code = "from training.backend import start_keras\nstart_keras()\n"
    done = fresh(code, KERAS_BACKEND="no-backend-of-anybody")
    assert done.returncode == 1
    assert "no-backend-of-anybody" in done.stderr


def test_a_second_start_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    start_keras()
    os.write(2, b"heard")
    assert sys.modules["keras"] is keras
    assert capfd.readouterr().err == "heard"


def test_the_device_is_named() -> None:
    assert device() == f"CPU, {os.cpu_count()} cores" or device().startswith("GPU ")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_the_processor_is_named_as_the_system_names_it() -> None:
    assert f": {processor()}\n" in Path("/proc/cpuinfo").read_text("utf-8")


def test_a_system_that_names_no_processor_tells_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*given: object, **named: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", nothing)
    monkeypatch.setattr(subprocess, "check_output", nothing)
    assert processor() == (platform.processor() or platform.machine())

"""What the network is computed on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from dataset.wording import counted
from dataset.workers import cores
from training import device as module
from training.device import Accelerator, device, idle_gpu, processor


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "accelerator", lambda: None)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.delenv("JAX_PLATFORMS", raising=False)


def test_the_device_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert device() == f"CPU, {counted(cores(), 'core')}" or device().startswith("GPU ")


def test_only_the_cores_that_this_process_may_use_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3}, raising=False)
    assert cores() == 1
    monkeypatch.delattr(os, "sched_getaffinity")
    assert cores() == os.cpu_count()
    monkeypatch.setattr(module, "accelerator", lambda: Accelerator("NVIDIA H200", (9, 0)))
    assert device() == "GPU NVIDIA H200"


@pytest.mark.parametrize(("text", "version"), [("9.0", (9, 0)), ("7.5", (7, 5)), (None, None)])
def test_a_capability_is_read_as_jax_writes_it(
    text: str | None, version: tuple[int, int] | None
) -> None:
    assert module._version(text) == version


def test_a_gpu_that_stands_idle_is_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, no_gpu: None
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert idle_gpu() == ""
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    install = module.INSTALL[keras.backend.backend()]
    told = f"There seems to be an NVIDIA GPU here that is not used: pip install {install}"
    assert idle_gpu() == told
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    assert idle_gpu() == told
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    assert "WSL2" in idle_gpu()
    for name, value in ("CUDA_VISIBLE_DEVICES", "-1"), ("JAX_PLATFORMS", "cpu"):
        with monkeypatch.context() as wish:
            wish.setenv(name, value)  # by somebody who wants it so
            assert idle_gpu() == ""


def test_a_gpu_that_is_used_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "accelerator", lambda: Accelerator("NVIDIA T4", (7, 5)))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert idle_gpu() == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is Linux's")
def test_the_processor_is_named_as_the_system_names_it() -> None:
    assert f": {processor()}\n" in Path("/proc/cpuinfo").read_text("utf-8")


def test_a_system_that_names_no_processor_tells_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*given: object, **named: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", nothing)
    monkeypatch.setattr(subprocess, "check_output", nothing)
    assert processor() == (platform.processor() or platform.machine())

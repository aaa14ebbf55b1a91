"""Which of OpenBLAS's kernels computes: chosen by trial, kept, asked for before NumPy is loaded, and written down."""

import json
import math
import os
import sys

import pytest
from threadpoolctl import threadpool_info

from dnn_tui.experiments import kernels
from dnn_tui.experiments.kernel_trial import product_seconds
from dnn_tui.experiments.opened import open_run
from dnn_tui.mlp import kernel


@pytest.mark.parametrize(
    ("own", "skylake", "haswell", "chosen"),
    [
        ("Haswell", 0.5, 1.0, "SkylakeX"),  # an AMD processor with AVX-512, taken for one without
        ("SkylakeX", 1.0, 0.8, "Haswell"),  # one that slows down for wide registers
        ("Prescott", 0.5, 0.6, "SkylakeX"),
        ("Prescott", 0.6, 0.5, "Haswell"),
        ("Haswell", 0.95, 1.0, ""),  # no more than noise
        ("Haswell", math.inf, 1.0, ""),  # it cannot run here, or its products are wrong
        ("", 0.5, 0.5, ""),  # no OpenBLAS
    ],
)
def test_a_kernel_is_chosen_where_it_is_clearly_faster_than_openblas_s_own_choice(own, skylake, haswell, chosen):
    seconds = {"": 1.0, own: 1.0, "SkylakeX": skylake, "Haswell": haswell} | {own: 1.0}
    assert kernels.fastest(["SkylakeX", "Haswell"], lambda name: (name or own, seconds[name])) == chosen


def test_a_kernel_that_openblas_does_not_take_is_not_chosen():
    assert kernels.fastest(["SkylakeX"], lambda name: ("Haswell", 0.1 if name else 1.0)) == ""


@pytest.fixture
def without_numpy(monkeypatch, tmp_path):
    """As before NumPy's first import, on a processor with AVX-512, with an empty cache; what is tried is listed."""
    tried = []

    def trial(name):
        tried.append(name)
        return name or "Haswell", 0.5 if name == "SkylakeX" else 1.0

    monkeypatch.delitem(sys.modules, "numpy")
    monkeypatch.delenv(kernels.VARIABLE, raising=False)
    monkeypatch.setattr(kernels.platformdirs, "user_cache_path", lambda name: tmp_path / "cache")
    monkeypatch.setattr(kernels, "_tried", trial)
    monkeypatch.setattr(kernels, "processor", lambda: ("a processor", set.union(*kernels.NEEDS.values())))
    yield tried
    os.environ.pop(kernels.VARIABLE, None)


def test_what_was_tried_once_is_not_tried_again_and_child_processes_follow(without_numpy, tmp_path):
    assert kernels.use_fastest_kernel() == "SkylakeX"
    assert without_numpy == ["", "SkylakeX"]
    assert os.environ.pop(kernels.VARIABLE) == "SkylakeX"
    assert kernels.choose() == "SkylakeX"
    assert without_numpy == ["", "SkylakeX"]
    (tmp_path / "cache" / "kernels.json").write_text('{"half a')
    del os.environ[kernels.VARIABLE]
    assert kernels.choose() == "SkylakeX"
    assert without_numpy == ["", "SkylakeX"] * 2


def test_what_the_person_set_stays_and_a_processor_without_the_instructions_is_asked_for_nothing(
    without_numpy, monkeypatch
):
    monkeypatch.setattr(kernels, "processor", lambda: ("a processor", {"avx2"}))
    assert kernels.choose() == ""
    kernels.use_again("SkylakeX")
    assert kernels.VARIABLE not in os.environ
    monkeypatch.setattr(kernels, "processor", lambda: ("a processor", set.union(*kernels.NEEDS.values())))
    monkeypatch.setenv(kernels.VARIABLE, "Zen")
    assert kernels.choose() == ""
    kernels.use_again("SkylakeX")
    assert os.environ[kernels.VARIABLE] == "Zen"
    assert without_numpy == []


def test_a_library_user_who_calls_too_late_is_told():
    with pytest.warns(UserWarning, match="NumPy is loaded already"):
        assert kernels.use_fastest_kernel() == ""


@pytest.mark.slow
def test_a_trial_says_which_kernel_the_environment_led_to_and_one_that_breaks_down_is_no_kernel(monkeypatch):
    if not kernels.NEEDS["Haswell"] <= kernels.processor()[1]:
        pytest.skip("this processor has no AVX2, or does not say so")
    name, seconds = kernels._tried("Haswell")
    assert name == "Haswell"
    assert 0 < seconds < 1
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert kernels._tried("Haswell") == ("", math.inf)


def test_the_products_of_this_process_s_kernel_are_right():
    assert 0 < product_seconds() < 1


def test_a_run_says_which_kernel_computed_it_and_a_resumed_one_when_it_is_another(command_line, tmp_path, monkeypatch):
    own = [info for info in threadpool_info() if info.get("internal_api") == "openblas" and "numpy" in info["filepath"]]
    assert command_line("train", "xor", "--epochs", "1", "--headless")[0] == 0
    run = open_run(runs_dir=tmp_path / "runs")
    assert run.config.kernel == (own[0]["architecture"] if own else "")
    first = json.loads(run.folder.events_file.read_text().splitlines()[0])
    assert first["process"]["kernel"] == run.config.kernel
    monkeypatch.setattr(kernel, "loaded_kernel", lambda: "Z80")
    _, _, err = command_line("train", "--resume", run.name, "--epochs", "2", "--headless")
    began = f"was begun with the kernel {run.config.kernel}: it goes on with OpenBLAS's kernel Z80"
    assert (began in err) == bool(own)

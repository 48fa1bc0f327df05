"""Feed made-up bytes to everything that reads a stranger's file, guided by what they reach.

    pip install atheris
    python benchmarks/fuzz.py --target dialect --seconds 600 --corpus DIR
    python benchmarks/fuzz.py --seconds 240 --corpus DIR    # every target
    python benchmarks/fuzz.py --target dialect --corpus DIR --replay FILE

A target (`tests/fuzz_targets.py`) may return or raise a `SeqtuneError`. A finding is any other
exception, a crash of the process, more than ten seconds for an input, or more memory than
`--megabytes`. Every target runs in a process of its own, which begins anew after a crash. It begins
with small good inputs of every form (`tests/fuzz_seeds.py`). Inputs that reached something new stay
in DIR/<target>, findings with their traceback in DIR/findings/<target>. Atheris needs Python 3.11
to 3.13 on Linux.
"""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.update(
    CUDA_VISIBLE_DEVICES="-1", OMP_NUM_THREADS="1", ARROW_DEFAULT_MEMORY_POOL="system"
)

import argparse
import contextlib
import hashlib
import inspect
import mmap
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

SECONDS_PER_INPUT = 10
COUNT = struct.Struct("qd")
"""How many inputs a process has read, and in how many seconds."""
MOST_INPUTS = 2**31 - 1
"""libFuzzer takes no larger number."""

MEMORY = Path("/dev/shm")
INSTRUMENTED = ["seqtune", "yaml", "zipfile", "gzip", "lzma", "bz2"]
"""Packages in Python in which new branches count; what is compiled shows none."""


def main() -> None:
    """Fuzz the targets one after the other, and print a line for each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", nargs="+", default=["all"], help="names, or all")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--inputs", type=int, default=MOST_INPUTS, help="at most, for each target")
    parser.add_argument("--megabytes", type=int, default=1024, help="that one input may take")
    parser.add_argument("--corpus", type=Path, required=True, help="where inputs are kept")
    parser.add_argument("--replay", type=Path, nargs="+", help="inputs to read again")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--counter", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.corpus = chosen.corpus.resolve()
    if chosen.in_process:
        fuzz_here(chosen)
        return
    from fuzz_targets import TARGETS

    names = list(TARGETS) if chosen.target == ["all"] else chosen.target
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"unknown target {unknown[0]!r}; known: {', '.join(TARGETS)}")
    if chosen.replay:
        replay(names[0], chosen.corpus, chosen.replay)
        return
    require_atheris()
    if any(TARGETS[name].is_run for name in names):
        fit_runs(chosen.corpus / "runs")
    print(f"{'target':<10} {'inputs':>10} {'seconds':>8} {'per s':>6} {'kept':>6}  findings")
    total = bad = 0
    for name in names:
        inputs, seconds = fuzz(name, chosen)
        found = findings(chosen.corpus, name)
        kept = len(list((chosen.corpus / name).iterdir()))
        total, bad = total + inputs, bad + len(found)
        shown = ", ".join(path.name for path in found) or "none"
        pace = inputs / max(seconds, 1e-9)
        print(
            f"{name:<10} {inputs:>10,} {seconds:>8.0f} {pace:>6.0f} {kept:>6}  {shown}", flush=True
        )
    print(f"{total:,} inputs, {bad} findings in {chosen.corpus / 'findings'}")
    sys.exit(bad > 0)


def require_atheris() -> Any:
    """Return the fuzzer, or say how it is installed."""
    try:
        import atheris
    except ImportError:
        sys.exit("error: the fuzzer is not installed\nhint: pip install atheris")
    return atheris


def findings(corpus: Path, name: str) -> list[Path]:
    """Return the inputs that a target did not bear."""
    found = (corpus / "findings" / name).glob("*")
    return sorted(path for path in found if path.suffix != ".txt" and "slow-unit" not in path.name)


def fit_runs(folder: Path) -> None:
    """Fit a run of every task, in a moment each, unless they are there."""
    from tiny_runs import SAMPLES

    for task, sample in SAMPLES.items():
        if not (folder / task).exists():
            with tempfile.TemporaryDirectory() as name:
                run, _ = sample.fit(task, Path(name))
                folder.mkdir(parents=True, exist_ok=True)
                run.rename(folder / task)


def fuzz(name: str, chosen: argparse.Namespace) -> tuple[int, float]:
    """Fuzz a target in processes of its own.

    Returns:
        How many inputs it read, and in how many seconds.
    """
    (chosen.corpus / "findings" / name).mkdir(parents=True, exist_ok=True)
    inputs, seconds, log = 0, 0.0, chosen.corpus / f"{name}.log"
    while chosen.seconds - seconds >= 1 and inputs < chosen.inputs:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
            counter = Path(scratch, "counter")
            counter.write_bytes(COUNT.pack(0, 0.0))
            command = [
                *(sys.executable, __file__, "--in-process", "--target", name),
                *("--seconds", str(int(chosen.seconds - seconds))),
                *("--inputs", str(chosen.inputs - inputs), "--counter", str(counter)),
                *("--megabytes", str(chosen.megabytes), "--corpus", str(chosen.corpus)),
            ]
            with log.open("ab") as file:
                subprocess.run(command, stdout=file, stderr=file, check=False)
            count, took = COUNT.unpack(counter.read_bytes())
        if not count:
            sys.exit(f"error: {name} does not begin; see {log}")
        inputs, seconds = inputs + count, seconds + took
    return inputs, seconds


def replay(name: str, corpus: Path, paths: Sequence[Path]) -> None:
    """Read inputs once more, and let what is raised be seen."""
    from fuzz_seeds import seeds
    from fuzz_targets import TARGETS

    from seqtune.errors import SeqtuneError

    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as scratch:
        seeds(name, place_for(corpus, Path(scratch)))
        read = TARGETS[name](Path(scratch))
        for path in paths:
            began = time.monotonic()
            try:
                said: object = read(path.read_bytes()) or "read"
            except SeqtuneError as error:
                said = f"{type(error).__name__}: {error.message} ({error.hint})"
            except Exception:
                said = traceback.format_exc()
            print(f"{path.name}: {said} [{time.monotonic() - began:.2f} s]")


def place_for(corpus: Path, scratch: Path) -> Path:
    """Return a folder in memory in which the runs lie, if there are any."""
    if (corpus / "runs").is_dir():
        (scratch / "runs").symlink_to(corpus / "runs")
    return scratch


def fuzz_here(chosen: argparse.Namespace) -> None:
    """Fuzz one target until the time is over; ends the process."""
    atheris = require_atheris()
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        import fuzz_targets

        from seqtune.errors import SeqtuneError
    from fuzz_seeds import seeds
    from fuzz_words import junk, words

    (name,) = chosen.target
    target, scratch = fuzz_targets.TARGETS[name], place_for(chosen.corpus, chosen.counter.parent)
    held, found = chosen.corpus / name, chosen.corpus / "findings" / name
    held.mkdir(exist_ok=True)
    for seed in seeds(name, scratch):
        (held / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    lines = ['"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in words(name)]
    dictionary = scratch / "words.txt"
    dictionary.write_text("".join(lines), encoding="ascii")
    with atheris.instrument_imports(include=INSTRUMENTED, enable_loader_override=False):
        read = target(scratch)
    if name == "arrays":
        instrument_headers(atheris)
    guarded = guard(read, SeqtuneError, found, chosen)
    bound_memory(4 * chosen.megabytes)
    arguments = [
        *(sys.argv[0], f"-max_total_time={chosen.seconds}", f"-runs={chosen.inputs}"),
        *(f"-timeout={SECONDS_PER_INPUT}", f"-rss_limit_mb={4 * chosen.megabytes}"),
        *(f"-max_len={target.max_bytes}", f"-artifact_prefix={found}/"),
        *([f"-dict={dictionary}"] if lines else []),
        *("-len_control=20", "-print_final_stats=1", "-reload=0", str(held)),
    ]
    if name in ("run", "arrays", "workbook"):
        atheris.Setup(arguments, guarded, custom_mutator=mutator(atheris, junk))
    else:
        atheris.Setup(arguments, guarded)
    atheris.Fuzz()


def instrument_headers(atheris: Any) -> None:
    """Let branches count in what numpy reads the header of an array with, and in nothing else."""
    from numpy.lib import format as array_format

    module = sys.modules[array_format.read_magic.__module__]
    for value in list(vars(module).values()):
        if inspect.isfunction(value) and value.__module__ == module.__name__:
            with contextlib.suppress(Exception):  # some of its functions are wrapped
                atheris.instrument_func(value)


def mutator(
    atheris: Any, junk: Callable[[bytes, Callable[[int], int]], bytes]
) -> Callable[[bytes, int, int], bytes]:
    """Return what changes an input that begins with the name of a file, which stays."""

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        draw = random.Random(seed)
        if draw.random() < 0.6:
            try:
                return junk(data, draw.randrange)[:most]
            except (ValueError, RecursionError):  # it is no JSON
                pass
        name, _, content = data.partition(b"\n")
        room = most - len(name) - 1
        return name + b"\n" + atheris.Mutate(content[:room], room) if room > 0 else data

    return mutate


def guard(
    read: Callable[[bytes], object], known: type[Exception], found: Path, chosen: argparse.Namespace
) -> Callable[[bytes], None]:
    """Return a function that counts inputs, and keeps what it does not bear of them."""
    with chosen.counter.open("r+b") as file:
        counter = mmap.mmap(file.fileno(), COUNT.size)
    began, count, peak = time.monotonic(), 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def call(data: bytes) -> None:
        nonlocal count, peak
        count += 1
        counter[:] = COUNT.pack(count, time.monotonic() - began)
        try:
            read(data)
        except known:
            pass
        except BaseException as error:  # also what Rust panics with
            keep(data, error, found)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if most > peak + 1024 * chosen.megabytes and count > 1:
            keep(data, MemoryError(f"{(most - peak) // 1024} MB"), found)
        peak = most

    return call


def keep(data: bytes, error: BaseException, found: Path) -> None:
    """Keep an input with the traceback, one for each place that raises."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "/seqtune/" in frame.filename]
    last = [f"{frame.filename}:{frame.lineno}" for frame in (*own[-1:], *frames[-1:])]
    digest = hashlib.sha1(" ".join([type(error).__name__, *last]).encode()).hexdigest()[:8]
    name = f"{type(error).__name__}-{digest}"
    if not (found / name).exists():
        (found / name).write_bytes(data)
        (found / f"{name}.txt").write_text("".join(traceback.format_exception(error)))


def bound_memory(megabytes: int) -> None:
    """Let the process have no more than so much beyond what it has, where the system can."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + megabytes * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))


if __name__ == "__main__":
    main()

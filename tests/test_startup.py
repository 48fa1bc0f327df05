"""Help, listings and usage errors answer at once: nothing heavy is loaded for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "tensorflow",
    "keras",
    "keras_tuner",
    "pandas",
    "jax",
    "pyarrow",
    "sacrebleu",
    "sklearn",
    "statsforecast",
    "rapidfuzz",
)

COMMAND = """
import sys
from seqtune.cli.app import main

sys.argv = ["seqtune", *sys.argv[1:]]
try:
    main()
    code = 0
except SystemExit as leaving:
    code = leaving.code or 0
print("LOADED", *sorted({name.split(".")[0] for name in sys.modules}))
sys.exit(code)
"""


def run(*arguments: str) -> tuple[int, str, str, set[str]]:
    """Run the command line in a process of its own.

    Returns:
        Exit code, what it said on stdout and on stderr, and the packages that it loaded.
    """
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said, _, loaded = done.stdout.rpartition("LOADED")
    assert loaded, done.stderr
    return done.returncode, said, done.stderr, set(loaded.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--help"], "seqtune fit data/airline.csv --task forecast --budget 60s"),
        (["--version"], "keras"),
        (["fit", "--help"], "--budget"),
        (["generate", "--help"], 'seqtune generate runs/tales-generate-1 --prompt "Once"'),
        (["recipes", "list"], "forecast/default"),
        (["recipes", "show", "forecast/quick"], "task: forecast"),
    ],
)
def test_what_only_reads_text_loads_nothing_heavy(arguments: list[str], said: str) -> None:
    code, out, _, loaded = run(*arguments)
    assert (code, loaded & set(HEAVY)) == (0, set())
    assert said in out
    assert "seqtune" in loaded


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit"], "missing argument 'DATA'"),
        (["fit", "data.csv", "--tusk", "forecast"], "No such option"),
        (["fit", "data.csv", "--task", "forcast"], "did you mean 'forecast'"),
        (
            ["fit", "data.csv", "--task", "forecast", "--horizon", "many"],
            "Invalid value for '--horizon'",
        ),
        (["plan"], "Missing argument 'DATA'"),
        (["generate"], "Missing argument 'RUN'"),
        (["generate", "runs/1", "--temperature", "-1"], "a temperature of -1"),
        (["predikt"], "No such command"),
    ],
)
def test_a_usage_error_loads_nothing_heavy(arguments: list[str], said: str) -> None:
    code, out, err, loaded = run(*arguments)
    assert (code, out, loaded & set(HEAVY)) == (2, "", set())
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("fit data.csv --target ", "sales"),
        ("fit data.csv --task forecast --set network.ce", "network.cell=lstm"),
        ("fit --recipe forecast/", "forecast/quick"),
        ("predict ", "runs/one"),
    ],
)
def test_completion_loads_nothing_heavy(
    words: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data.csv").write_text("day,sales\n1,2\n", encoding="utf-8")
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "run.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    monkeypatch.setenv("_SEQTUNE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["seqtune", *words.split(" ")]))
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" "))))
    code, out, err, loaded = run()
    assert (code, err, loaded & {*HEAVY, "numpy"}) == (0, "", set())
    assert said in out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "network.cel=gru"], "did you mean 'cell'"),
        (["--recipe", "forecast/quik"], "quick"),
        (["--set", "network.cell=lstn"], "lstm"),
    ],
)
def test_a_faulty_recipe_loads_nothing_heavy(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    data = tmp_path / "data.csv"
    data.write_text("t,y\n1,2\n", encoding="utf-8")
    code, _, err, loaded = run("fit", str(data), "--task", "forecast", *arguments)
    assert (code, loaded & set(HEAVY)) == (1, set())
    assert err.startswith("error: ")
    assert said in err


def test_what_stands_behind_commands_loads_no_backend() -> None:
    names = ("fit", "resume", "refit", "plan", "inspect")
    code = "; ".join(f"import seqtune.workflow.{name}" for name in names)
    seen = "import sys; print(*{'keras', 'jax', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {seen}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []

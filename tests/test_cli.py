import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from avatar_driver import cli

ENVIRONMENT = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}


def run(*arguments: str, cwd: Path | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "avatar_driver", *arguments],
        capture_output=True, text=True, cwd=cwd, timeout=timeout, env=ENVIRONMENT, check=False,
    )  # fmt: skip


def called(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> tuple[int, str, str]:
    """The exit code and both outputs of a command that is quick to run in this process."""
    monkeypatch.setattr(sys, "argv", ["avatar-driver", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['avatar-driver', '--help']\n"
        "from avatar_driver import cli\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "heavy = ('numpy', 'cv2', 'mediapipe', 'pydantic', 'websockets', 'yaml', 'msgspec', 'watchfiles', 'pooch')\n"
        "print('HEAVY', [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=ENVIRONMENT)
    assert done.stdout.strip().endswith("HEAVY []")


def test_the_demo_runs_without_camera_model_or_network_and_says_what_it_did(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ("--set", "sinks.websocket.port=0", "--seconds", "3", "--report", str(report))
    done = run("demo", *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "synthetic frames, filtered and sent to:" in done.stdout
    content = json.loads(report.read_text())
    assert content["frames"] >= 30
    assert content["tracked"] == content["frames"]
    assert set(content["sinks"]) == {"vmc", "vrchat", "websocket", "console"}
    for sink in content["sinks"].values():
        # Newest wins: what was not sent was dropped, and nothing else is missing.
        made = content["frames"] + content["filled"] + content["closing"]
        assert sink["sent"] + sink["dropped"] == made
        assert (sink["errors"], sink["fault"]) == (0, None)


def test_a_fast_run_sends_every_frame(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    options = (
        "--source",
        "synthetic",
        "--fast",
        "--set",
        "source.seconds=20",
        "--sink",
        "vmc",
        "--report",
        str(report),
    )
    done = run("run", *options)
    assert done.returncode == 0, done.stderr
    content = json.loads(report.read_text())
    assert (content["frames"], content["closing"], content["filled"], content["skipped"]) == (600, 1, 0, 0)
    assert content["sinks"]["vmc"]["sent"] == 601


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_gently_within_a_second_and_with_code_0(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    arguments = ["run", "--source", "synthetic", "--sink", "vmc", "--report", str(report), "--verbose"]
    process = subprocess.Popen(
        [sys.executable, "-m", "avatar_driver", *arguments], stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert process.stderr is not None
    while "dashboard" not in process.stderr.readline():  # the last thing before frames come
        assert process.poll() is None
    time.sleep(0.5)
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    # Easing takes 0.4 s; the bound leaves room for a slow machine to start the interpreter's end.
    assert time.perf_counter() - began < 3
    assert process.returncode == 0, errors
    assert json.loads(report.read_text())["closing"] > 5


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("check", "nope"), 2, "no profile named 'nope'"),
        (("check", "bad.yaml"), 2, "bad.yaml:1:22: sinks.0.prot: unknown setting; did you mean 'port'?"),
        (("run", "bad.yaml"), 2, "bad.yaml:1:22: sinks.0.prot: unknown setting; did you mean 'port'?"),
        (("run", "--sink", "vcm"), 2, "--sink vcm: sinks.0.type: no sink named 'vcm'; did you mean 'vmc'?"),
        (("run", "--report", "gone/report.json"), 2, "cannot write the report gone/report.json: there is no folder"),
        (("list", "sinx"), 2, "no list named 'sinx'; did you mean 'sinks'?"),
        (("list", "sinks", "vcm"), 2, "no sink named 'vcm'; did you mean 'vmc'?"),
        (("run", "--source", "gone.mp4", "--sink", "vmc"), 1, "gone.mp4"),
    ],
)
def test_errors_are_sentences_without_a_traceback(
    arguments: tuple[str, ...], code: int, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "bad.yaml").write_text("sinks: [{type: vmc,  prot: 1}]")
    monkeypatch.chdir(tmp_path)
    found_code, _, errors = called(capsys, monkeypatch, *arguments)
    assert found_code == code
    assert line in errors
    assert "Traceback" not in errors


def test_new_writes_a_profile_that_is_sound_and_never_writes_over_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = called(capsys, monkeypatch, "new", "me")
    assert (code, out.splitlines()[0]) == (0, "me.yaml written. Edit it, then:  avatar-driver run me.yaml")
    assert "{name}" not in (tmp_path / "me.yaml").read_text()
    assert called(capsys, monkeypatch, "check", "me")[0] == 0
    code, _, errors = called(capsys, monkeypatch, "new", "me")
    assert (code, errors.strip()) == (2, "me.yaml is there already; choose another name or remove it")


def test_check_says_what_a_profile_will_do(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = called(capsys, monkeypatch, "check", "demo", "--set", "sinks.vmc.port=1234")
    assert code == 0
    assert out.splitlines()[:3] == [
        "demo (shipped): ok",
        "  synthetic > calibrate > two_timescale > amplify > loss",
        "  > vmc: 127.0.0.1:1234",
    ]


def test_list_shows_every_kind_and_a_components_settings(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = called(capsys, monkeypatch, "list", "stages")
    assert code == 0
    assert "two_timescale" in out
    code, out, _ = called(capsys, monkeypatch, "list", "stages", "one_euro")
    assert "min_cutoff" in out
    assert "the cut-off at rest" in " ".join(out.split())


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = called(capsys, monkeypatch, "schema")
    assert code == 0
    assert json.loads(out)["title"] == "avatar_driver profile"


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert called(capsys, monkeypatch, "--version")[1].strip() == f"avatar-driver {cli.__version__}"


def test_a_map_is_shown_and_begun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, _ = called(capsys, monkeypatch, "map", "show", "vrm0")
    assert (code, "Blink_L" in out) == (0, True)
    (tmp_path / "robot.json").write_text('["Jaw_Open", "MouthSmile_L", "Antenna"]')
    code, out, _ = called(capsys, monkeypatch, "map", "new", "robot.json")
    assert code == 0
    assert "robot.yaml written: 2 names matched." in out
    assert "like no shape: Antenna" in out
    assert called(capsys, monkeypatch, "map", "show", "robot.yaml")[0] == 0
    code, _, errors = called(capsys, monkeypatch, "map", "new", "gone.glb")
    assert (code, "gone.glb" in errors) == (2, True)


def test_a_plan_for_an_avatars_bits_is_printed(
    captures: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    avatar = str(captures / "vrchat_avatar_unified.json")
    code, out, _ = called(capsys, monkeypatch, "vrchat", "plan", avatar, "--bits", "100", "--json")
    assert code == 0
    assert json.loads(out)

import os
import subprocess
import sys
from pathlib import Path

import pytest

from avatar_driver.sources._landmarker import Landmarker
from avatar_driver.sources._libraries import APT_LINE, library_error, missing_libraries, quiet_start

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's loader")


def run_with_broken(libraries: list[str], folder: Path, code: str) -> str:
    """What Python code prints where the loader finds empty files in the place of system libraries."""
    for name in libraries:
        (folder / name).touch()
    environment = os.environ | {"LD_LIBRARY_PATH": str(folder)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return result.stdout


def test_nothing_is_missing_where_the_tracker_starts(face_model: Path) -> None:
    Landmarker(face_model).close()
    assert missing_libraries() == ()


@LINUX_ONLY
@pytest.mark.parametrize("library", ["libEGL.so.1", "libGLESv2.so.2", "libGL.so.1", "libgthread-2.0.so.0"])
def test_a_library_that_does_not_load_is_named(tmp_path: Path, library: str) -> None:
    code = "from avatar_driver.sources._libraries import missing_libraries; print(missing_libraries())"
    assert library in run_with_broken([library], tmp_path, code)


@LINUX_ONLY
def test_all_libraries_that_do_not_load_are_named_at_once(tmp_path: Path) -> None:
    code = "from avatar_driver.sources._libraries import missing_libraries; print(*missing_libraries())"
    broken = ["libEGL.so.1", "libGL.so.1", "libGLESv2.so.2"]
    assert set(broken) <= set(run_with_broken(broken, tmp_path, code).split())


@LINUX_ONLY
def test_a_missing_library_of_the_tracker_becomes_a_sentence_with_the_line_that_installs_it(
    tmp_path: Path, face_model: Path
) -> None:
    code = (
        "from pathlib import Path\n"
        "from avatar_driver.errors import SourceError\n"
        "from avatar_driver.sources._landmarker import Landmarker\n"
        f"try: Landmarker(Path({str(face_model)!r}))\n"
        "except SourceError as error: print(error)"
    )
    sentence = run_with_broken(["libEGL.so.1"], tmp_path, code)
    for fact in ("libEGL.so.1", APT_LINE, "avatar-driver demo"):
        assert fact in sentence


@LINUX_ONLY
def test_a_missing_library_of_opencv_is_named_however_often_it_is_asked_for(tmp_path: Path) -> None:
    code = (
        "from avatar_driver.errors import SourceError\n"
        "from avatar_driver.sources._libraries import opencv\n"
        "for _ in range(2):\n"
        "    try: opencv()\n"
        "    except SourceError as error: print(error)"
    )
    sentences = run_with_broken(["libGL.so.1"], tmp_path, code).splitlines()
    assert len(sentences) == 2
    assert all("libGL.so.1" in sentence and APT_LINE in sentence for sentence in sentences)


def test_a_broken_installation_is_not_blamed_on_the_system() -> None:
    sentence = str(library_error(ModuleNotFoundError("No module named 'cv2'")))
    assert "No module named 'cv2'" in sentence
    assert "apt" not in sentence


@pytest.mark.skipif(bool(missing_libraries()), reason="OpenCV lacks a system library")
def test_opencv_and_ffmpeg_keep_their_warnings_to_themselves(tmp_path: Path) -> None:
    code = (
        "from avatar_driver.sources._libraries import opencv\n"
        "cv2 = opencv()\n"
        "cv2.VideoCapture(99)\n"
        "cv2.VideoCapture('/no/such/file.mp4')\n"
        "cv2.VideoCapture('http://127.0.0.1:9/')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr == ""


def test_what_mediapipe_says_at_its_start_is_kept_back_and_everything_else_passed_on(
    capfd: pytest.CaptureFixture[str],
) -> None:
    noise = (
        b"WARNING: Logging before InitGoogle() is written to STDERR\n"
        b"W0000 00:00:1795418385.037654    7375 face_landmarker_graph.cc:181] Sets FaceBlendshapesGraph\n"
        b"I0000 00:00:1795418385.037654    7375 gl_context.cc:357] GL version\n"
        b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
    )
    with quiet_start():
        os.write(2, noise + b"E0000 00:00:1 7 graph.cc:1] an error\nanother thread's line\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "E0000 00:00:1 7 graph.cc:1] an error\nanother thread's line\nafterwards\n"


def test_standard_error_comes_back_when_the_start_fails(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), quiet_start():
        raise ZeroDivisionError
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


def test_a_program_without_standard_error_starts_too() -> None:
    code = (
        "import os; os.close(2)\n"
        "from avatar_driver.sources._libraries import quiet_start\n"
        "with quiet_start(): print('started')"
    )
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert result.stdout == "started\n"

import hashlib
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from avatar_driver import models
from avatar_driver.errors import ModelError
from avatar_driver.models import cached_model_path, find_model, present_model

MODEL = bytes(range(256)) * 4096  # a megabyte, so that it comes in several pieces


class Server:
    """A model storage on this machine. `answer` says how it treats the next requests."""

    def __init__(self) -> None:
        self.answer = "good"
        self.requests = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                if server.answer == "missing":
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(len(MODEL)))
                self.end_headers()
                if server.answer == "wrong":
                    self.wfile.write(MODEL[:-1] + b"?")
                elif server.answer == "cut":
                    self.wfile.write(MODEL[: len(MODEL) // 2])
                else:
                    self.wfile.write(MODEL)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/face_landmarker.task"


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setattr(models, "MODEL_URL", server.url)
    monkeypatch.setattr(models, "MODEL_SHA256", hashlib.sha256(MODEL).hexdigest())
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache of a user who never ran the program."""
    monkeypatch.delenv(models.MODEL_VARIABLE, raising=False)
    path = tmp_path / "cache" / "face_landmarker.task"
    monkeypatch.setattr(models, "cached_model_path", lambda: path)
    return path


def test_the_model_is_downloaded_once_and_then_found(storage: Server, cache: Path) -> None:
    assert present_model() is None
    assert find_model(progress=False) == cache
    assert cache.read_bytes() == MODEL
    assert find_model(progress=False) == present_model() == cache
    assert storage.requests == 1


def test_the_download_shows_its_progress_on_standard_error(storage: Server, capfd: pytest.CaptureFixture[str]) -> None:
    find_model(progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "face model" in err
    assert "1.0/1.0 MB" in err


def test_a_damaged_cache_is_downloaded_again(storage: Server, cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_bytes(MODEL[:-1] + b"?")
    assert present_model() is None
    assert find_model(progress=False).read_bytes() == MODEL


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("missing", "answered 404"), ("wrong", "its SHA-256 differs"), ("cut", "broke off")],
)
def test_a_failed_download_leaves_nothing_behind_and_says_what_to_do(
    storage: Server, cache: Path, answer: str, reason: str
) -> None:
    storage.answer = answer
    with pytest.raises(ModelError, match=reason) as caught:
        find_model(progress=True)
    sentence = str(caught.value)
    for fact in (storage.url, str(cache), "--model", models.MODEL_VARIABLE, "avatar-driver demo"):
        assert fact in sentence
    assert list(cache.parent.iterdir()) == []


def test_a_failed_download_keeps_nothing_from_succeeding_later(storage: Server, cache: Path) -> None:
    storage.answer = "cut"
    with pytest.raises(ModelError):
        find_model(progress=False)
    storage.answer = "good"
    assert find_model(progress=False).read_bytes() == MODEL


def test_offline_the_sentence_names_the_server_that_was_not_reached(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        monkeypatch.setattr(models, "MODEL_URL", f"http://127.0.0.1:{unused.getsockname()[1]}/model")
        with pytest.raises(ModelError, match=r"no connection to 127\.0\.0\.1") as caught:
            find_model(progress=False)
    assert str(cache) in str(caught.value)


def test_a_silent_server_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setattr(models, "MODEL_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/model")
        with pytest.raises(ModelError, match="did not answer"):
            find_model(progress=False)


def test_a_cache_that_cannot_be_written_is_named(storage: Server, cache: Path) -> None:
    cache.parent.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="cannot be written") as caught:
        find_model(progress=False)
    assert str(cache) in str(caught.value)


def test_an_explicit_path_wins_over_the_variable_and_the_variable_over_the_cache(
    storage: Server, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_model(progress=False)
    named, by_variable = tmp_path / "named.task", tmp_path / "variable.task"
    shutil.copy(cache, named)
    shutil.copy(cache, by_variable)
    monkeypatch.setenv(models.MODEL_VARIABLE, str(by_variable))
    assert find_model() == by_variable
    assert find_model(named) == named
    assert storage.requests == 1


@pytest.mark.parametrize("by_variable", [False, True])
@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: path.write_bytes(MODEL[:-1] + b"?"), "damaged"),
        (lambda path: path.write_bytes(b""), "damaged"),
    ],
    ids=["missing", "folder", "flipped", "empty"],
)
def test_a_named_file_that_is_not_the_model_is_refused_without_falling_through(
    storage: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make, complaint: str, by_variable: bool
) -> None:
    find_model(progress=False)
    named = tmp_path / "named.task"
    make(named)
    if by_variable:
        monkeypatch.setenv(models.MODEL_VARIABLE, str(named))
    with pytest.raises(ModelError, match=complaint) as caught:
        find_model(None if by_variable else named)
    assert str(named) in str(caught.value)
    assert (models.MODEL_VARIABLE if by_variable else "--model") in str(caught.value)
    assert storage.requests == 1


def test_the_real_model_has_the_published_hash(face_model: Path) -> None:
    assert find_model(face_model) == face_model


def test_the_cache_lies_in_a_folder_of_our_own() -> None:
    assert "avatar-driver" in cached_model_path().parent.parts


def test_nothing_that_downloads_is_imported_before_a_download_is_needed(face_model: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from avatar_driver.models import find_model\n"
        f"find_model(Path({str(face_model)!r}))\n"
        "print([name for name in ('pooch', 'requests', 'rich') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"

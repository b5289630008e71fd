"""The web server's door: what it gives out, to whom, and with which headers."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from avatar_driver.errors import SinkError
from avatar_driver.protocols.face_stream import FaceStreamReader
from avatar_driver.web.server import WebServer
from tests.web.running import Running, get, running


@pytest.fixture
async def run(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as run:
        yield run


async def test_the_dashboard_comes_with_the_token_that_its_commands_need(run: Running) -> None:
    code, headers, body = await get(run, "/")
    assert code == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert f'content="{run.token}"'.encode() in body
    assert b"{{" not in body


async def test_the_overlay_comes_with_the_colours_of_the_profile(tmp_path: Path) -> None:
    async with running(tmp_path, web='{port: 0, colours: {hair: "#7a4a2a"}}') as run:
        _, _, body = await get(run, "/overlay")
    assert b'content="{&quot;hair&quot;: &quot;#7a4a2a&quot;}"' in body


async def test_every_page_runs_our_scripts_only_and_is_never_guessed_at(run: Running) -> None:
    for path in ("/", "/overlay", "/static/puppet.js"):
        _, headers, _ = await get(run, path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert (await get(run, "/static/puppet.js"))[1]["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/static/",
        "/static/nothing.js",
        "/static/../server.py",
        "/static/..%2fserver.py",
        "/static/%2e%2e/server.py",
        "/static/index.html",  # would come without its token
        "/stage/",
        "//etc/passwd",
        "/static/a%00.js",
    ],
)
async def test_nothing_else_is_given_out(run: Running, path: str) -> None:
    assert (await get(run, path))[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1", ""])
async def test_a_name_that_was_rebound_to_this_computer_is_refused(run: Running, host: str) -> None:
    assert (await get(run, "/", Host=host))[0] in (400, 403)


async def test_pages_of_other_sites_get_neither_page_nor_socket(run: Running) -> None:
    code, _, body = await get(run, "/", Origin="https://evil.example")
    assert (code, run.token.encode() in body) == (403, False)
    for path in (f"live?token={run.token}", "face"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(run.url(path, "ws"), origin="https://evil.example")  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403


@pytest.mark.parametrize("token", ["", "?token=", "?token=wrong", "?token=wrong&token=x"])
async def test_commands_need_the_pages_own_token_even_on_this_computer(run: Running, token: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(run.url(f"live{token}", "ws"))
    assert refused.value.response.status_code == 401


async def test_an_unknown_socket_and_a_wrong_choice_are_told(run: Running) -> None:
    for path, code in (
        ("nothing", 404),
        ("face?format=xml", 400),
        ("face?" + "&".join(f"a{i}=1" for i in range(20)), 400),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(run.url(path, "ws"))
        assert refused.value.response.status_code == code


async def test_the_overlay_gets_the_face_stream(run: Running) -> None:
    reader = FaceStreamReader()
    async with connect(run.url("face?format=binary", "ws")) as connection, asyncio.timeout(5):
        numbers = []
        async for message in connection:
            numbered = reader.read(message)
            if numbered is not None:
                numbers.append(numbered.sequence)
            if len(numbers) == 10:
                break
    assert numbers == sorted(numbers)
    assert numbers[-1] - numbers[0] < 20


async def test_a_folder_of_ones_own_is_served_but_nothing_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html>stage")
    (folder / "assets" / "me.vrm").write_bytes(os.urandom(3_000_000))
    (tmp_path / "secret.txt").write_text("no")
    (folder / "way_out").symlink_to(tmp_path)
    async with running(tmp_path, web=f"{{port: 0, stage: {folder}}}") as run:
        code, headers, body = await get(run, "/stage/")
        assert (code, body) == (200, b"<!doctype html>stage")
        assert "script-src 'self' 'wasm-unsafe-eval'" in headers["Content-Security-Policy"]
        code, headers, body = await get(run, "/stage/assets/me.vrm")
        assert (code, headers["Content-Type"]) == (200, "model/gltf-binary")
        assert body == (folder / "assets" / "me.vrm").read_bytes()
        for path in ("/stage/way_out/secret.txt", "/stage/../secret.txt", "/stage/%2e%2e/secret.txt", "/stage/assets/"):
            assert (await get(run, path))[0] == 404


async def test_beyond_loopback_everything_asks_for_the_token_of_the_link(tmp_path: Path) -> None:
    async with running(tmp_path, web="{host: 0.0.0.0, port: 0, token: a-token-of-mine}") as run:
        assert run.server.address.endswith(f":{run.server.port}/?token=a-token-of-mine")
        assert (await get(run, "/"))[0] == 401
        assert (await get(run, "/static/puppet.js"))[0] == 401
        code, headers, _ = await get(run, "/?token=a-token-of-mine")
        assert code == 200
        cookie, *rules = headers["Set-Cookie"].split("; ")
        assert set(rules) == {"Path=/", "HttpOnly", "SameSite=Strict"}
        assert (await get(run, "/static/puppet.js", Cookie=cookie))[0] == 200
        assert (await get(run, "/static/puppet.js", Cookie=cookie + "x"))[0] == 401
        with pytest.raises(InvalidStatus):
            await connect(run.url("face", "ws"))
        async with connect(run.url("face?token=a-token-of-mine", "ws")) as connection:
            await connection.recv()


async def test_a_port_that_is_taken_is_told(run: Running) -> None:
    settings = run.session.profile.web
    assert settings is not None
    settings.port = run.server.port
    with pytest.raises(SinkError, match=r"the dashboard cannot listen on 127\.0\.0\.1:.*something else uses that port"):
        await WebServer(run.session, settings).open()


async def test_the_end_is_told_to_every_page_within_a_second(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        live = await connect(run.url(f"live?token={run.token}", "ws"), max_size=None)
        face = await connect(run.url("face", "ws"))
        async with asyncio.timeout(1):
            await run.server.close()
        for connection in (live, face):
            async for _ in connection:
                pass  # what was sent before
            assert connection.close_code == 1001
        assert not run.session.engine.observers

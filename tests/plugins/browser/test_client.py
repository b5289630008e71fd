"""The client, by node and in Chromium: it reads what the Python reader reads, and refuses what that refuses."""

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from avatar_driver.errors import DecodeError
from avatar_driver.protocols.face_stream import PACKET_SIZE, FaceStreamReader
from tests.plugins.browser.building import BROWSER, MissingError, node
from tests.plugins.browser.driving import puppet, vector
from tests.plugins.browser.pages import serving, until

if TYPE_CHECKING:
    from playwright.async_api import Browser

HERE: Final = Path(__file__).parent
GOLDEN: Final = HERE.parents[1] / "golden"
CLIENT: Final = BROWSER / "client" / "avatar-driver.js"
HELLO: Final = (GOLDEN / "face_stream.hello.json").read_text(encoding="utf-8")
FRAME: Final = (GOLDEN / "face_stream.frame.json").read_text(encoding="utf-8")
PACKET: Final = (GOLDEN / "face_stream.frame.bin").read_bytes()

STRANGE: Final = [
    None,
    True,
    -1,
    0,
    1,
    1.5,
    2**32,
    2**32 - 1,
    1e300,
    "",
    "x",
    "x" * 65,
    [],
    [f"x{i}" for i in range(65)],
    {},
    [1],
]
STRANGE_NUMBERS: Final = [-0.001, -0.0011, 1.001, 1.0011, 2.0, -2.0, 6.28, 6.29, 99.9, 100.1, "1", None, True, 1e39]
STRANGE_BYTES: Final = ["0000c07f", "0000807f", "000080ff", "ffffffff", "00000080", "0000803f", "00000040", "0000c842"]


@pytest.fixture
def program() -> str:
    try:
        return node()
    except MissingError as missing:
        pytest.skip(str(missing))


def test_the_client_passes_its_own_tests_in_node(program: str) -> None:
    """client.test.mjs says what they are."""
    done = subprocess.run(
        [program, "--test", str(HERE / "client.test.mjs")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout
    assert "# pass 0" not in done.stdout


def test_two_thousand_broken_messages_fare_as_with_the_python_reader(program: str) -> None:
    chance = random.Random(6)
    messages = [*broken_texts(chance, 1000), *broken_packets(chance, 1000)]
    # Each message once before any hello, then after the golden one.
    lines = []
    for message in messages:
        lines += [{**message, "anew": True}, {"text": HELLO, "anew": True}, message]
    told = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [program, str(HERE / "verdicts.mjs"), CLIENT.as_uri()],
        input=told,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    expected = []
    reader = FaceStreamReader()
    for line in lines:
        reader = FaceStreamReader() if line.get("anew") else reader
        expected.append(verdict(reader, line))
    assert len(verdicts) == len(expected)
    for line, found, wanted in zip(lines, verdicts, expected, strict=True):
        assert found == wanted, str(line)[:600]
    accepted = sum(wanted is not None for wanted in expected[2::3])
    assert 200 < accepted < 1800, "some of both"


@pytest.mark.asyncio(loop_scope="package")
async def test_the_golden_messages_read_alike_in_chromium(browser: "Browser") -> None:
    with serving({"client": BROWSER / "client", "golden": GOLDEN}) as pages:
        page = await browser.new_page()
        await page.goto(f"{pages.origin}/client/package.json")
        read = """async () => {
            const { FaceStreamReader } = await import('/client/avatar-driver.js');
            const text = async (name) => (await fetch(`/golden/face_stream.${name}`)).text();
            const bytes = async (name) => (await fetch(`/golden/face_stream.${name}`)).arrayBuffer();
            const reader = new FaceStreamReader();
            const hello = reader.read(await text('hello.json'));
            return Promise.all([text('frame.json'), bytes('frame.bin'), text('lost.json'), bytes('lost.bin')]).then(
                (messages) => messages.map((message) => {
                    const frame = reader.read(message);
                    return { ...frame, values: [...frame.values], tone: [...frame.tone], hello };
                }));
        }"""
        frames = await page.evaluate(read)
        await page.close()
    reader = FaceStreamReader()
    reader.read(HELLO)
    for name, frame in zip(("frame.json", "frame.bin", "lost.json", "lost.bin"), frames, strict=True):
        content = (GOLDEN / f"face_stream.{name}").read_bytes()
        number = reader.read(content.decode() if name.endswith("json") else content)
        assert number is not None
        assert frame["hello"] is None
        assert (frame["sequence"], frame["time"], frame["tracked"]) == (
            number.sequence,
            number.frame.time,
            number.frame.tracked,
        )
        assert sorted(frame["altered"]) == sorted(number.frame.altered)
        assert frame["support"] == list(number.frame.origin.support)
        assert frame["values"] == number.frame.values.tolist()
        assert frame["tone"] == number.frame.tone.tolist()


@pytest.mark.asyncio(loop_scope="package")
async def test_the_page_in_the_readme_works_as_it_stands(browser: "Browser", tmp_path: Path) -> None:
    readme = (BROWSER / "README.md").read_text(encoding="utf-8")
    sample = readme.partition("```html\n")[2].partition("```")[0]
    assert "ws://127.0.0.1:8771/" in sample
    for name in ("avatar-driver.js", "face-stream.js"):
        shutil.copy(BROWSER / "client" / name, tmp_path)
    async with puppet() as played:
        (tmp_path / "index.html").write_text(sample.replace("ws://127.0.0.1:8771/", played.url), encoding="utf-8")
        with serving({"own": tmp_path}, policy="default-src 'self' 'unsafe-inline' ws:") as pages:
            page = await browser.new_page()
            await page.goto(f"{pages.origin}/own/")
            played.values = vector(jawOpen=0.5)
            await until(page, "document.getElementById('jaw').value === 0.5")
            assert await page.locator("#state").inner_text() == "open"
            await page.close()


def verdict(reader: FaceStreamReader, line: dict[str, Any]) -> dict[str, Any] | None:
    """What verdicts.mjs would say if the client were the Python reader."""
    try:
        number = reader.read(line["text"] if "text" in line else bytes.fromhex(line["hex"]))
    except DecodeError:
        return None
    if number is None:
        assert reader.hello is not None
        return {"hello": list(reader.hello.support), "altered": list(reader.hello.altered)}
    sequence, frame = number
    names = sorted(frame.altered)
    shown = {"sequence": sequence, "time": frame.time, "tracked": frame.tracked, "altered": names}
    return {**shown, "values": frame.values.tolist(), "tone": frame.tone.tolist()}


def broken_texts(chance: random.Random, count: int) -> list[dict[str, str]]:
    made = []
    for _ in range(count):
        message = json.loads(chance.choice([HELLO, FRAME, FRAME]))
        for _ in range(chance.choice([0, 1, 1, 1, 2])):
            key = chance.choice([name for name in message if name != "axes"])
            inside = message[key]
            if chance.random() < 0.15:
                del message[key]
            elif isinstance(inside, list) and inside and chance.random() < 0.7:
                strange = STRANGE_NUMBERS if key in ("values", "tone") else STRANGE
                inside[chance.randrange(len(inside))] = chance.choice(strange)
            elif isinstance(inside, list) and chance.random() < 0.5:
                message[key] = inside[: chance.randrange(len(inside) + 1)]
            else:
                message[key] = chance.choice(STRANGE)
        if isinstance(message.get("altered"), list) and all(isinstance(name, str) for name in message["altered"]):
            message["altered"] = sorted(set(message["altered"]))
        text = json.dumps(message)
        made.append({"text": text[: chance.randrange(len(text))] if chance.random() < 0.1 else text})
    return made


def broken_packets(chance: random.Random, count: int) -> list[dict[str, str]]:
    made = []
    for _ in range(count):
        packet = bytearray(PACKET)
        for _ in range(chance.choice([0, 1, 1, 2])):
            place = chance.randrange(20 if chance.random() < 0.4 else PACKET_SIZE)
            if place < 20:
                packet[place] = chance.choice([0, 1, 2, 3, 4, 58, 127, 255, packet[place]])
            else:
                place -= place % 4
                packet[place : place + 4] = bytes.fromhex(chance.choice(STRANGE_BYTES))
        packet += bytes(8)
        end = chance.randrange(PACKET_SIZE + 8) if chance.random() < 0.2 else PACKET_SIZE
        end = PACKET_SIZE + 4 if chance.random() < 0.05 else end
        made.append({"hex": bytes(packet[:end]).hex()})
    return made

"""What an open dashboard costs the pipeline: `python tests/bench/measure_dashboard.py [--source FILE --model FILE]`.

The program runs twice, once with and once without a browser's end of the dashboard connected, and the two reports are
compared: time in stages, and age of a frame when it is sent. Ratios of one run; machines are noisy, so run it twice.

By default the page's end only reads. With `--browser` it is Chromium, which draws it too: on a machine without a
graphics card that takes as much processor time as the program itself, and the two compete.
"""

import argparse
import asyncio
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
from pathlib import Path

from websockets.asyncio.client import connect

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.chromium import chromium


def report(source: list[str], seconds: float, *, page: str) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        program = subprocess.Popen(
            [sys.executable, "-m", "avatar_driver", "run", *source, "--sink", "vmc", "--set", "web.port=0",
             "--seconds", str(seconds), "--report", str(file)],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert program.stderr is not None
        address = ""
        while not address:
            found = re.search(r"dashboard: (http://\S+)", program.stderr.readline())
            address = found[1] if found else ""
        threading.Thread(target=program.stderr.read, daemon=True).start()
        if page == "browser":
            asyncio.run(draw(address, program))
        elif page == "open":
            asyncio.run(look(address))
        program.wait()
        return json.loads(file.read_text())


async def look(address: str) -> None:
    """Reads everything, as a page does, until the program ends."""
    html = await asyncio.to_thread(lambda: urllib.request.urlopen(address).read().decode())
    token = re.findall(r'name="token" content="([^"]+)"', html)[0]
    async with connect(f"{address.replace('http', 'ws')}live?token={token}", max_size=None) as connection:
        with contextlib.suppress(Exception):
            async for _ in connection:
                pass


async def draw(address: str, program: subprocess.Popen[str]) -> None:
    """Shows the page in Chromium until the program ends."""
    async with chromium() as browser:
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        await page.goto(address)
        await asyncio.to_thread(program.wait)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", default="synthetic")
    parser.add_argument("--model")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--browser", action="store_true", help="draw the page in Chromium")
    given = parser.parse_args()
    shown = "browser" if given.browser else "open"
    source = ["--source", given.source, *(["--model", given.model] if given.model else [])]
    for page in ("closed", shown) * 2:
        found = report(source, given.seconds, page=page)
        print(
            f"dashboard {page:<7}  {found['frames']} frames  stages p50 {found['processing_us']['p50']} us  "
            f"VMC p50 {found['sinks']['vmc']['send_us']['p50']} us  "
            f"capture to send p50 {found['capture_to_send_ms']['p50']} p95 {found['capture_to_send_ms']['p95']} ms"
        )


if __name__ == "__main__":
    main()

"""What the program costs beside MediaPipe: `python tests/bench/measure_cost.py VIDEO --model FILE [--runs N]`.

In turn, N times each: a bare loop that reads the video and detects, and `avatar-driver run` with four sinks, both as
fast as they can; then one run at the video's own pace
and with a WebSocket client for latency. Only ratios within one call
are worth quoting: machines are noisy.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BARE = """
import sys, cv2
from mediapipe import Image, ImageFormat
from mediapipe.tasks.python import BaseOptions
from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions, RunningMode
options = FaceLandmarkerOptions(base_options=BaseOptions(model_asset_path=sys.argv[2]), running_mode=RunningMode.VIDEO,
    output_face_blendshapes=True, output_facial_transformation_matrixes=True)
film, n = cv2.VideoCapture(sys.argv[1]), 0
with FaceLandmarker.create_from_options(options) as landmarker:
    while True:
        more, picture = film.read()
        if not more: break
        n += 1
        image = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
        landmarker.detect_for_video(image, n * 1_000_000)
print(n)
"""
CLIENT = """
import asyncio, sys, websockets
async def main():
    for _ in range(200):
        try:
            async with websockets.connect(f"ws://127.0.0.1:{sys.argv[1]}/?format=binary") as socket:
                async for _ in socket: pass
            return
        except OSError: await asyncio.sleep(0.1)
asyncio.run(main())
"""
PORT = 18_771


def cpu_seconds(command: list[str]) -> float:
    """User and system seconds of a command, its children included."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[:3]} failed")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    report = Path(tempfile.mkdtemp()) / "report.json"
    bare = [sys.executable, "-c", BARE, str(options.video), str(options.model)]
    ours = [sys.executable, "-m", "avatar_driver", "run", "--source", str(options.video), "--model", str(options.model)]
    for sink in ("vmc", "vrchat", f"websocket={PORT}", "console"):
        ours += ["--sink", sink]
    ours += ["--report", str(report)]

    pairs = []
    for i in range(options.runs + 1):
        pair = (cpu_seconds(bare), cpu_seconds([*ours, "--fast"]))
        if i:  # the first pair warms the disk's cache
            pairs.append(pair)
            print(f"cpu: bare {pair[0]:.2f} s, avatar-driver {pair[1]:.2f} s, ratio {pair[1] / pair[0]:.3f}")
    print(f"cpu ratio, median of {options.runs}: {statistics.median(b / a for a, b in pairs):.3f}")

    client = subprocess.Popen([sys.executable, "-c", CLIENT, str(PORT)])
    subprocess.run(ours, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client.wait(30)
    content = json.loads(report.read_text())
    print(f"frames {content['frames']}, tracked {content['tracked']}, skipped {content['skipped']}")
    print(f"detection ms {content['detection_ms']}")
    print(f"capture to send ms {content['capture_to_send_ms']}")
    print(f"stages, all, us {content['processing_us']}")
    sends = {name: sink["send_us"]["p50"] for name, sink in content["sinks"].items()}
    print(f"send p50 us {sends}")
    print(
        f"not detection: stages + {len(sends)} sinks p50 {content['processing_us']['p50'] + sum(sends.values()):.0f} us"
    )


if __name__ == "__main__":
    main()

"""A VMC receiver in a process of its own, built on python-osc alone.

It prints its port, then one JSON line of all it heard, at the first silence of a second after the first packet. Nothing
of ours is imported.
"""

import json
import socket
import sys

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage


def messages(packet: bytes) -> list[OscMessage]:
    if not OscBundle.dgram_is_bundle(packet):
        return [OscMessage(packet)]
    return [content for content in OscBundle(packet) if isinstance(content, OscMessage)]


def main() -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
    receiver.bind(("127.0.0.1", 0))
    sys.stdout.write(f"{receiver.getsockname()[1]}\n")
    sys.stdout.flush()
    receiver.settimeout(60)
    frames: list[dict[str, object]] = []
    weights: dict[str, float] = {}
    head: list[float] = []
    tracked = None
    try:
        while True:
            for message in messages(receiver.recv(65_535)):
                match message.address:
                    case "/VMC/Ext/Blend/Val":
                        weights[message.params[0]] = message.params[1]
                    case "/VMC/Ext/Bone/Pos" if message.params[0] == "Head":
                        head = list(message.params[4:])
                    case "/VMC/Ext/OK":
                        tracked = message.params[3] == 1
                    case "/VMC/Ext/Blend/Apply":
                        frames.append({"weights": weights, "head": head, "tracked": tracked})
                        weights = {}
            receiver.settimeout(1.0)
    except TimeoutError:
        json.dump(frames, sys.stdout)


if __name__ == "__main__":
    main()

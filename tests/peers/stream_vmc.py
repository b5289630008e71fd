"""A VMC receiver in a process of its own that prints one shape of every frame as it comes. Nothing of ours is imported.

Arguments: the name of a blend shape. It prints its port, then a number per Apply.
"""

import socket
import sys

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    wanted = sys.argv[1]
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(60)
    tell(str(receiver.getsockname()[1]))
    weight = 0.0
    while True:
        packet = receiver.recv(65_535)
        content = OscBundle(packet) if OscBundle.dgram_is_bundle(packet) else [OscMessage(packet)]
        for message in content:
            if not isinstance(message, OscMessage):
                continue
            if message.address == "/VMC/Ext/Blend/Val" and message.params[0] == wanted:
                weight = message.params[1]
            elif message.address == "/VMC/Ext/Blend/Apply":
                tell(f"{weight:.6f}")


if __name__ == "__main__":
    main()

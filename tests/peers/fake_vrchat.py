"""A VRChat in a process of its own: python-zeroconf, the standard library's HTTP server, python-osc. Nothing of ours.

It wears the avatars whose files are given on the command line, one at a time, the first one to begin with. It
advertises itself over mDNS on loopback, serves OSCQuery, and listens for OSC. Lines of JSON on stdin are orders:

    {"meet": NAME}      only the program of that mDNS name is sent `/avatar/change`; VRChat would send to everyone
    {"wear": INDEX}     puts another avatar on, and tells so before its tree has changed, as VRChat does: 50 ms, or the
                        seconds of "late"
    {"serve": HEX}      from now on every HTTP request is answered with these bytes; empty: honest answers again
    {"gone": NAME}      whether a program is no longer advertised
    {"report": true}    what was heard since the last report

Each is answered with one line. A program is met only when it is found under both service types, its HOST_INFO names an
OSC port, and its tree has `/avatar/change`.
"""

import json
import socket
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

HTTP, OSC = "_oscjson._tcp.local.", "_osc._udp.local."
TAGS = {"Float": "f", "Bool": "T", "Int": "i"}


class FakeVrchat:
    def __init__(self, files: list[str], name: str) -> None:
        self.avatars = [json.loads(Path(file).read_text(encoding="utf-8-sig")) for file in files]
        self.worn = self.told = 0
        self.name = name
        self.heard: list[tuple[str, list[Any]]] = []
        self.served: bytes = b""
        self.requests: list[str] = []
        self.friend = ""
        self.friend_osc: tuple[str, int] | None = None
        self.seen: dict[str, set[str]] = {}
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self.udp.bind(("127.0.0.1", 0))
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http_port: int = self.http.server_address[1]
        self.osc_port: int = self.udp.getsockname()[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.mdns = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
        for service, port in ((HTTP, self.http_port), (OSC, self.osc_port)):
            info = ServiceInfo(
                service,
                f"{name}.{service}",
                port=port,
                addresses=[socket.inet_aton("127.0.0.1")],
                properties={"txtvers": "1"},
                server=f"{name}.local.",
            )
            self.mdns.register_service(info, cooperating_responders=True)
        self.browser = ServiceBrowser(self.mdns, [HTTP, OSC], handlers=[self.advertised])

    # --- serving

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.requests.append(request.path)
        if self.served:
            request.wfile.write(self.served)
            return
        path, _, query = request.path.partition("?")
        if query == "HOST_INFO":
            content: Any = {
                "NAME": self.name,
                "OSC_IP": "127.0.0.1",
                "OSC_PORT": self.osc_port,
                "OSC_TRANSPORT": "UDP",
                "EXTENSIONS": {"ACCESS": True, "TYPE": True, "VALUE": True},
            }
        elif path == "/avatar":
            content = self.tree()
        else:
            request.send_error(404)
            return
        body = json.dumps(content).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def tree(self) -> dict[str, Any]:
        avatar = self.avatars[self.told]
        root: dict[str, Any] = {"FULL_PATH": "/avatar/parameters", "ACCESS": 0, "CONTENTS": {}}
        for parameter in avatar["parameters"]:
            node, path = root, "/avatar/parameters"
            for part in parameter["name"].split("/"):
                path += f"/{part}"
                node = node.setdefault("CONTENTS", {}).setdefault(part, {"FULL_PATH": path, "ACCESS": 0})
            direction = parameter.get("input") or parameter["output"]
            node |= {"ACCESS": 3 if "input" in parameter else 1, "TYPE": TAGS[direction["type"]], "VALUE": [0]}
        change = {"FULL_PATH": "/avatar/change", "ACCESS": 1, "TYPE": "s", "VALUE": [avatar["id"]]}
        return {"FULL_PATH": "/avatar", "ACCESS": 0, "CONTENTS": {"change": change, "parameters": root}}

    # --- OSC

    def drain(self) -> None:
        # On loopback a packet has arrived when its sender's call returns; no thread that may come late is needed.
        self.udp.setblocking(False)
        try:
            while True:
                self.take(self.udp.recv(65_535))
        except BlockingIOError:
            self.udp.setblocking(True)

    def take(self, packet: bytes) -> None:
        if OscBundle.dgram_is_bundle(packet):
            for element in OscBundle(packet):
                self.take(element.dgram)
        else:
            message = OscMessage(packet)
            self.heard.append((message.address, list(message.params)))

    def tell(self) -> None:
        if self.friend_osc is not None:
            builder = OscMessageBuilder("/avatar/change")
            builder.add_arg(self.avatars[self.worn]["id"])
            self.udp.sendto(builder.build().dgram, self.friend_osc)

    # --- meeting other programs

    def advertised(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: Any) -> None:
        instance = name.removesuffix(f".{service_type}")
        if state_change.name != "Removed":
            self.seen.setdefault(instance, set()).add(service_type)
        else:
            self.seen.pop(instance, None)

    def meet(self, instance: str) -> dict[str, Any]:
        until = time.monotonic() + 10
        while self.seen.get(instance, set()) != {HTTP, OSC}:
            if time.monotonic() > until:
                return {"met": False, "why": f"not advertised under both types: {self.seen}"}
            time.sleep(0.02)
        info = self.mdns.get_service_info(HTTP, f"{instance}.{HTTP}")
        osc = self.mdns.get_service_info(OSC, f"{instance}.{OSC}")
        assert info is not None
        assert osc is not None
        at = f"http://{info.parsed_addresses()[0]}:{info.port}"
        try:
            told = json.load(urllib.request.urlopen(f"{at}/?HOST_INFO", timeout=5))
            tree = json.load(urllib.request.urlopen(f"{at}/", timeout=5))
            change = tree["CONTENTS"]["avatar"]["CONTENTS"]["change"]
            assert (change["FULL_PATH"], change["TYPE"]) == ("/avatar/change", "s")
            assert told["OSC_PORT"] == osc.port
            self.friend_osc = (told["OSC_IP"], told["OSC_PORT"])
        except (OSError, KeyError, ValueError, AssertionError) as error:
            return {"met": False, "why": f"{type(error).__name__}: {error}"}
        self.friend = instance
        self.tell()
        return {"met": True, "txt": info.properties.get(b"txtvers", b"").decode(), "host": told}

    # --- what the test wants

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        if "meet" in order:
            return self.meet(order["meet"])
        if "wear" in order:
            self.worn = order["wear"]
            self.tell()
            time.sleep(order.get("late", 0.05))
            self.told = self.worn
        if "serve" in order:
            self.served = bytes.fromhex(order["serve"])
        if "gone" in order:
            return {"gone": order["gone"] not in self.seen}
        if "report" in order:
            self.drain()
            heard, self.heard = self.heard, []
            return {"heard": heard, "requests": self.requests}
        return {}


def main() -> None:
    name, *files = sys.argv[1:]
    fake = FakeVrchat(files, name)
    print(json.dumps({"osc_port": fake.osc_port, "http_port": fake.http_port}), flush=True)  # noqa: T201  the answer
    for line in sys.stdin:
        print(json.dumps(fake.obey(json.loads(line))), flush=True)  # noqa: T201
    fake.mdns.close()


if __name__ == "__main__":
    main()

"""A camera on the network: JPEG pictures over HTTP, as IP cameras and telephones send them."""

import contextlib
import socket
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import numpy as np

__all__ = ["MjpegServer", "grey_levels"]


class MjpegServer:
    """Sends pictures over and over to whoever asks. `kill` pulls the plug, `revive` puts it back, at the same address.

    Attributes:
        sent: pictures sent so far.
        muted: set to keep the connection but send nothing, as a camera that hangs does.
    """

    def __init__(self, images: Sequence[np.ndarray], fps: float = 100.0) -> None:
        import cv2  # a test that needs it has skipped before, where it does not load

        self.sent = 0
        self.muted = threading.Event()
        self._jpegs = [cv2.imencode(".jpg", image)[1].tobytes() for image in images]
        self._pause = 1 / fps
        self._port = 0
        self._clients: list[socket.socket] = []
        self._counted = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def __enter__(self) -> Self:
        self.revive()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def revive(self) -> None:
        server = self
        self._plugged = threading.Event()
        self._plugged.set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server._stream(self)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def kill(self) -> None:
        if not self._plugged.is_set():
            return
        self._plugged.clear()
        for client in self._clients:
            with contextlib.suppress(OSError):  # the client may have gone already
                client.shutdown(socket.SHUT_RDWR)
        self._clients.clear()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def wait_sent(self, count: int) -> None:
        """Waits until so many pictures have been sent."""
        with self._counted:
            assert self._counted.wait_for(lambda: self.sent >= count, timeout=10)

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        self._clients.append(request.connection)
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=picture")
        request.end_headers()
        plugged = self._plugged
        number = 0
        tick = threading.Event()
        try:
            while plugged.is_set():
                if not self.muted.is_set():
                    jpeg = self._jpegs[number % len(self._jpegs)]
                    number += 1
                    head = f"--picture\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    request.wfile.write(head.encode() + jpeg + b"\r\n")
                    with self._counted:
                        self.sent += 1
                        self._counted.notify_all()
                tick.wait(self._pause)
        except OSError:
            pass


def grey_levels(count: int) -> list[np.ndarray]:
    """Pictures that tell their number: each one grey step of 255 / count lighter than the one before."""
    return [np.full((48, 64, 3), round(255 * number / count), np.uint8) for number in range(count)]

"""A virtual camera that is fed by a thread of its own: neither painting nor a driver holds any face."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from avatar_driver.frame import REST
from avatar_driver.sinks._camera_pace import CameraPace

__all__ = ["CameraFactory", "CameraThread", "Painter"]

log = logging.getLogger("avatar_driver")


class Painter(Protocol):
    """What paints a face."""

    def draw(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(height, width, 3) uint8, red first."""
        ...


class CameraFactory(Protocol):
    """What opens the camera, in the thread that will use it."""

    def __call__(self) -> tuple[Any, Painter]:
        """The camera, as pyvirtualcam's, and what paints for it."""
        ...


class CameraThread:
    """Paints the newest face and shows it, at the camera's rate, until stopped.

    Args:
        make: opens the camera.
        fps: its rate.
        settled: called, in the camera's thread, when it shows its first picture or has failed to; maybe more than once.

    Attributes:
        device: the camera's name, once it is open.
        fault: why it does not run, or no longer.
    """

    def __init__(self, make: CameraFactory, fps: float, settled: Callable[[], None]) -> None:
        self.device = ""
        self.fault: Exception | None = None
        self._make = make
        self._pace = CameraPace(fps)
        self._changed = threading.Condition()
        self._newest: NDArray[np.float32] | None = None
        self._arrived: float | None = None
        self._stopping = False
        self._settled = settled
        self._thread = threading.Thread(target=self._run, name="virtual camera", daemon=True)
        self._thread.start()

    def show(self, values: NDArray[np.float32]) -> None:
        """Makes this the face to show next. Never blocks on the camera; the newest wins."""
        with self._changed:
            self._newest = values
            self._arrived = time.perf_counter()
            self._changed.notify()

    def stop(self, within: float) -> None:
        """Shows what still waits, and lets the camera go; gives up after `within` seconds."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(within)

    def _run(self) -> None:
        camera = None
        try:
            camera, painter = self._make()
            self.device = camera.device
            self._feed(camera, painter)
        except Exception as error:  # border: camera drivers fail in many ways, all of which the sink reports
            self.fault = error
        finally:
            self._settled()
            if camera is not None:
                _close(camera)

    def _feed(self, camera: Any, painter: Painter) -> None:
        picture = painter.draw(REST)
        camera.send(picture)
        self._pace.shown(time.perf_counter(), new=True)
        self._settled()
        stopping = False
        while not stopping:
            values, stopping = self._next()
            if values is not None:
                picture = painter.draw(values)
            elif stopping:
                return
            camera.send(picture)
            self._pace.shown(time.perf_counter(), new=values is not None)

    def _next(self) -> tuple[NDArray[np.float32] | None, bool]:
        """The face to show now, or None for the last picture once more; and whether it is the last."""
        with self._changed:
            while not self._stopping:
                wait = self._pace.due(self._arrived) - time.perf_counter()
                if wait <= 0:
                    break
                self._changed.wait(wait)
            values, self._newest, self._arrived = self._newest, None, None
            return values, self._stopping


def _close(camera: Any) -> None:
    try:
        camera.close()
    except Exception as error:  # border, as above: it is of no use any more
        log.debug("virtual_camera: while closing: %s", error)

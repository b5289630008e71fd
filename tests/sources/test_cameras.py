import sys
from types import SimpleNamespace
from typing import Any

import pytest

from avatar_driver.sources._cameras import ConnectedCamera, NoCameraError, cameras, chosen, is_virtual, listed

cv2_enumerate_cameras = pytest.importorskip(
    "cv2_enumerate_cameras", exc_type=ImportError, reason="OpenCV lacks a system library"
)

BUILT_IN = ConnectedCamera(0, "Integrated Camera: Integrated C", "/dev/video0")
LOGITECH = ConnectedCamera(2, "HD Pro Webcam C920", "/dev/video2")
OBS = ConnectedCamera(1, "OBS Virtual Camera", "/dev/video1", virtual=True)


@pytest.mark.parametrize(
    "name",
    [
        "OBS Virtual Camera",
        "OBS-Camera",
        "Unity Video Capture",
        "VTubeStudioCam",
        "VSeeFaceCamera",
        "XSplit VCam",
        "ManyCam Video Source",
        "Snap Camera",
        "NVIDIA Broadcast",
        "Dummy video device (0x0000)",
        "v4l2loopback",
        "Animaze Virtual Camera",
        "e2eSoft VCam",
    ],
)
def test_cameras_that_programs_draw_are_known_by_name(name: str) -> None:
    assert is_virtual(name)


@pytest.mark.parametrize(
    "name",
    [
        "Integrated Camera",
        "HD Pro Webcam C920",
        "FaceTime HD Camera",
        "Logitech BRIO",
        "Iriun Webcam",
        "Obsbot Tiny 2",
        "",
    ],
)
def test_cameras_with_a_lens_are_not_taken_for_virtual_ones(name: str) -> None:
    assert not is_virtual(name)


@pytest.mark.parametrize(
    ("device", "camera"),
    [
        ("auto", BUILT_IN),
        (2, LOGITECH),
        ("2", LOGITECH),
        (1, OBS),
        ("c920", LOGITECH),
        ("HD Pro Webcam C920", LOGITECH),
        ("obs virtual", OBS),
        ("/dev/video2", LOGITECH),
        (7, ConnectedCamera(7)),
    ],
)
def test_a_camera_is_found_by_number_name_part_of_a_name_or_path(device: int | str, camera: ConnectedCamera) -> None:
    assert chosen(device, [BUILT_IN, OBS, LOGITECH]) == camera


def test_auto_passes_over_virtual_cameras_even_when_they_come_first() -> None:
    assert chosen("auto", [OBS, LOGITECH]) is LOGITECH


def test_a_whole_name_goes_before_a_part_of_another() -> None:
    longer = ConnectedCamera(0, "Camera Pro")
    assert chosen("camera", [longer, ConnectedCamera(1, "Camera")]).number == 1


def test_a_lasting_path_is_followed_to_its_device(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "usb-046d_HD_Pro_Webcam_C920-video-index0"
    link.symlink_to("/dev/video2")
    # Paths of devices begin with /dev; the link lies elsewhere here, so it is reached from there.
    assert chosen(f"/dev/..{link}", [BUILT_IN, LOGITECH]) is LOGITECH


@pytest.mark.parametrize(
    ("device", "found", "sentence"),
    [
        ("C270", [BUILT_IN, LOGITECH], "no camera 'C270'; found 0: 'Integrated Camera: Integrated C', 2: 'HD Pro"),
        ("HD Pro Webcam C290", [LOGITECH], "did you mean 'HD Pro Webcam C920'"),
        ("auto", [OBS], "no camera but virtual ones: 1: 'OBS Virtual Camera'"),
        ("/dev/video9", [LOGITECH], "no camera '/dev/video9'"),
        ("C920", [], "found none"),
    ],
)
def test_a_camera_that_is_not_there_is_answered_with_those_that_are(
    device: str, found: list[ConnectedCamera], sentence: str
) -> None:
    with pytest.raises(NoCameraError) as caught:
        chosen(device, found)
    assert sentence in str(caught.value)


def test_auto_says_there_is_none_on_linux_and_tries_the_first_where_cameras_cannot_be_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(NoCameraError, match="no camera; found none"):
        chosen("auto", [])
    monkeypatch.setattr(sys, "platform", "darwin")
    assert chosen("auto", []) == ConnectedCamera(0)


def test_cameras_come_by_number_with_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    infos = [
        SimpleNamespace(index=2, name="HD Pro Webcam C920", path="/dev/video2"),
        SimpleNamespace(index=0, name=None, path=None),
        SimpleNamespace(index=1, name="OBS Virtual Camera", path="/dev/video1"),
    ]
    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", lambda backend: infos)
    assert cameras() == [ConnectedCamera(0), OBS, LOGITECH]


@pytest.mark.parametrize(
    "error", [OSError("no bus"), RuntimeError("COM"), NotImplementedError(), AttributeError("None")]
)
def test_a_system_that_does_not_list_cameras_lists_none(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(backend: int) -> Any:
        raise error

    monkeypatch.setattr(cv2_enumerate_cameras, "enumerate_cameras", refuse)
    assert cameras() == []


def test_the_real_list_of_this_computer_can_be_had() -> None:
    assert all(isinstance(camera, ConnectedCamera) for camera in cameras())


def test_a_camera_is_called_by_name_and_by_where_it_is() -> None:
    assert str(LOGITECH) == "HD Pro Webcam C920 (/dev/video2)"
    assert str(ConnectedCamera(1, "FaceTime", "0x1420000")) == "FaceTime (camera 1)"
    assert str(ConnectedCamera(3)) == "camera 3"
    assert listed([BUILT_IN]) == "0: 'Integrated Camera: Integrated C'"
    assert listed([]) == "none"

"""Small models of our own for the browser's tests: a GLB and VRMs of both generations, with ARKit's 52 shapes."""

import math
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from pygltflib import (
    ARRAY_BUFFER,
    ELEMENT_ARRAY_BUFFER,
    FLOAT,
    GLTF2,
    UNSIGNED_SHORT,
    Accessor,
    Asset,
    Attributes,
    Buffer,
    BufferView,
    Material,
    Mesh,
    Node,
    PbrMetallicRoughness,
    Primitive,
    Scene,
)

from avatar_driver.channels import SHAPE_NAMES

__all__ = ["Gaze", "Generation", "glb", "vrm"]

Generation = Literal[0, 1]
Gaze = Literal["bone", "expression"]
Points = NDArray[np.float32]

_HEAD_RADII: Final = np.array([0.085, 0.115, 0.095])
_PRESETS: Final = {
    **{"aa": "jawOpen", "ou": "mouthPucker"},
    **{"blink": "eyeSquintLeft", "blinkLeft": "eyeBlinkLeft", "blinkRight": "eyeBlinkRight"},
}
_LOOKS: Final = {"lookUp": "LookUp", "lookDown": "LookDown", "lookLeft": "LookIn", "lookRight": "LookOut"}
_VRM0_NAMES: Final = {
    **{"aa": "a", "ou": "u", "blink": "blink", "blinkLeft": "blink_l", "blinkRight": "blink_r"},
    **{look: look.lower() for look in _LOOKS},
}
# Bone: (its parent, its place from there), in metres, the model facing +z.
_BONES: Final[dict[str, tuple[str, tuple[float, float, float]]]] = {
    "hips": ("", (0, 0.9, 0)),
    "spine": ("hips", (0, 0.15, 0)),
    "chest": ("spine", (0, 0.15, 0)),
    "neck": ("chest", (0, 0.2, 0)),
    "head": ("neck", (0, 0.08, 0)),
    **{
        bone.format(side=side): (parent.format(side=side), (sign * x, y, z))
        for side, sign in (("left", 1), ("right", -1))
        for bone, parent, (x, y, z) in (
            ("{side}Eye", "head", (0.032, 0.075, 0.075)),
            ("{side}UpperArm", "chest", (0.17, 0.14, 0.0)),
            ("{side}LowerArm", "{side}UpperArm", (0.25, 0.0, 0.0)),
            ("{side}Hand", "{side}LowerArm", (0.24, 0.0, 0.0)),
            ("{side}UpperLeg", "hips", (0.09, -0.05, 0.0)),
            ("{side}LowerLeg", "{side}UpperLeg", (0.0, -0.4, 0.0)),
            ("{side}Foot", "{side}LowerLeg", (0.0, -0.4, 0.0)),
        )
    },
}


def glb() -> bytes:
    """A head alone, its 52 morph targets named as by Apple, without bones."""
    author = _Author(facing=1)
    mesh = author.head(list(SHAPE_NAMES))
    author.node("Face", mesh, (0.0, 0.0, 0.0))
    return author.bytes(roots=[0])


def vrm(generation: Generation, *, perfect_sync: bool, gaze: Gaze = "bone") -> bytes:
    """An avatar with bones.

    Args:
        generation: 1 faces +z, 0 faces -z and carries its expressions as clips in PascalCase.
        perfect_sync: 52 expressions named like ARKit's shapes beside the presets, or the presets alone.
        gaze: whether the model asks for bones or expressions to turn the eyes. It has both, as many do.
    """
    author = _Author(facing=1 if generation else -1)
    face = author.head(list(SHAPE_NAMES))
    nodes = author.skeleton(face)
    binds = _PRESETS | {look: f"eye{shape}Left" for look, shape in _LOOKS.items()}
    build = _vrm1 if generation else _vrm0
    author.gltf.extensions, used = build(author, nodes, face, binds, perfect_sync, gaze)
    author.gltf.extensionsUsed = [used]
    return author.bytes(roots=[nodes["hips"]])


def _vrm1(
    author: "_Author", nodes: dict[str, int], face: int, binds: dict[str, str], perfect_sync: bool, gaze: Gaze
) -> tuple[dict[str, object], str]:
    holder = author.node_of(face)

    def expression(shape: str) -> dict[str, object]:
        return {"morphTargetBinds": [{"node": holder, "index": SHAPE_NAMES.index(shape), "weight": 1.0}]}

    ranges = {"inputMaxValue": 90.0, "outputScale": 90.0 if gaze == "bone" else 1.0}
    return {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {
                "name": "authored",
                "authors": ["avatar_driver"],
                "licenseUrl": "https://vrm.dev/licenses/1.0/",
            },
            "humanoid": {"humanBones": {bone: {"node": node} for bone, node in nodes.items()}},
            "expressions": {
                "preset": {name: expression(shape) for name, shape in binds.items()},
                "custom": {name: expression(name) for name in SHAPE_NAMES} if perfect_sync else {},
            },
            "lookAt": {
                "type": gaze,
                "offsetFromHeadBone": [0.0, 0.075, 0.08],
                "rangeMapHorizontalInner": ranges,
                "rangeMapHorizontalOuter": ranges,
                "rangeMapVerticalDown": ranges,
                "rangeMapVerticalUp": ranges,
            },
        }
    }, "VRMC_vrm"


def _vrm0(
    _author: "_Author", nodes: dict[str, int], face: int, binds: dict[str, str], perfect_sync: bool, gaze: Gaze
) -> tuple[dict[str, object], str]:
    def group(name: str, preset: str, shape: str) -> dict[str, object]:
        bind = {"mesh": face, "index": SHAPE_NAMES.index(shape), "weight": 100.0}
        return {"name": name, "presetName": preset, "binds": [bind], "materialValues": [], "isBinary": False}

    groups = [group(name, _VRM0_NAMES[name], shape) for name, shape in binds.items()]
    if perfect_sync:
        groups += [group(name[0].upper() + name[1:], "unknown", name) for name in SHAPE_NAMES]
    degrees = {"curve": [0, 0, 0, 1, 1, 1, 1, 0], "xRange": 90.0, "yRange": 90.0 if gaze == "bone" else 1.0}
    return {
        "VRM": {
            "specVersion": "0.0",
            "exporterVersion": "avatar_driver",
            "meta": {"title": "authored", "author": "avatar_driver", "licenseName": "CC0"},
            "humanoid": {"humanBones": [{"bone": bone, "node": node} for bone, node in nodes.items()]},
            "firstPerson": {
                "firstPersonBone": nodes["head"],
                "firstPersonBoneOffset": {"x": 0.0, "y": 0.06, "z": 0.0},
                "lookAtTypeName": "Bone" if gaze == "bone" else "BlendShape",
                "lookAtHorizontalInner": degrees,
                "lookAtHorizontalOuter": degrees,
                "lookAtVerticalDown": degrees,
                "lookAtVerticalUp": degrees,
            },
            "blendShapeMaster": {"blendShapeGroups": groups},
            "secondaryAnimation": {"boneGroups": [], "colliderGroups": []},
            "materialProperties": [],
        }
    }, "VRM"


class _Author:
    """A glTF in the making. `facing` is 1 for +z and -1 for -z."""

    def __init__(self, facing: int) -> None:
        self.facing = facing
        self.gltf = GLTF2(asset=Asset(version="2.0", generator="avatar_driver tests"), scene=0)
        self.gltf.materials = [Material(pbrMetallicRoughness=PbrMetallicRoughness(metallicFactor=0.0))]
        self._blob = bytearray()

    def node(self, name: str, mesh: int | None, place: tuple[float, float, float]) -> int:
        x, y, z = place
        self.gltf.nodes.append(
            Node(name=name, mesh=mesh, translation=[self.facing * x, y, self.facing * z], children=[])
        )
        return len(self.gltf.nodes) - 1

    def node_of(self, mesh: int) -> int:
        return next(i for i, node in enumerate(self.gltf.nodes) if node.mesh == mesh)

    def skeleton(self, face: int) -> dict[str, int]:
        nodes: dict[str, int] = {}
        for bone, (parent, place) in _BONES.items():
            nodes[bone] = self.node(bone, None, place)
            if parent:
                self.gltf.nodes[nodes[parent]].children.append(nodes[bone])
        self._attach(nodes["head"], self.node("Face", face, (0.0, 0.07, 0.0)))
        eye = self._eye()
        for bone in ("leftEye", "rightEye"):
            self._attach(nodes[bone], self.node(f"{bone}Ball", eye, (0.0, 0.0, 0.0)))
        torso = self._ball(np.array([0.16, 0.24, 0.1]), (0.35, 0.4, 0.6))
        self._attach(nodes["spine"], self.node("Torso", torso, (0.0, 0.12, 0.0)))
        return nodes

    def _attach(self, parent: int, child: int) -> None:
        self.gltf.nodes[parent].children.append(child)

    def head(self, names: list[str]) -> int:
        points, triangles = _sphere(28, 20)
        points *= _HEAD_RADII
        colours = np.tile(np.array([0.85, 0.62, 0.5], np.float32), (len(points), 1))
        mouth = _near(points, (0.0, -0.055, 0.08), 0.02)[:, None] * [0.3, 1.0, 0.9]
        colours -= np.clip(0.7 * mouth, 0.0, 0.5).astype(np.float32)
        return self._mesh("Face", points, triangles, colours, {name: _moved(points, name) for name in names})

    def _eye(self) -> int:
        points, triangles = _sphere(32, 24)
        colours = np.where(points[:, 2:] > 0.82, 0.02, 0.95).astype(np.float32).repeat(3, axis=1)
        return self._mesh("Eye", points * np.float32(0.02), triangles, colours, {})

    def _ball(self, radii: Points, colour: tuple[float, float, float]) -> int:
        points, triangles = _sphere(20, 14)
        colours = np.tile(np.array(colour, np.float32), (len(points), 1))
        return self._mesh("Torso", points * radii, triangles, colours, {})

    def _mesh(
        self, name: str, points: Points, triangles: NDArray[np.uint16], colours: Points, targets: dict[str, Points]
    ) -> int:
        turned = np.array([self.facing, 1, self.facing], np.float32)
        normals = points / np.linalg.norm(points, axis=1, keepdims=True)
        primitive = Primitive(
            attributes=Attributes(
                POSITION=self._floats(points * turned),
                NORMAL=self._floats(normals * turned),
                COLOR_0=self._floats(colours),
            ),
            indices=self._indices(triangles),
            material=0,
            targets=[{"POSITION": self._floats(shift * turned)} for shift in targets.values()],
        )
        # As an artist may leave it: the file was saved while the jaw was open.
        weights = [0.5 * (target.lower().endswith("jawopen")) for target in targets]
        names = {"targetNames": list(targets)}
        self.gltf.meshes.append(Mesh(name=name, primitives=[primitive], weights=weights or None, extras=names))
        return len(self.gltf.meshes) - 1

    def _floats(self, array: NDArray[np.floating]) -> int:
        data = np.ascontiguousarray(array, "<f4")
        low, high = data.min(axis=0).tolist(), data.max(axis=0).tolist()
        return self._accessor(
            data.tobytes(), ARRAY_BUFFER, Accessor(componentType=FLOAT, count=len(data), type="VEC3", min=low, max=high)
        )

    def _indices(self, triangles: NDArray[np.uint16]) -> int:
        accessor = Accessor(componentType=UNSIGNED_SHORT, count=triangles.size, type="SCALAR")
        return self._accessor(triangles.astype("<u2").tobytes(), ELEMENT_ARRAY_BUFFER, accessor)

    def _accessor(self, data: bytes, target: int, accessor: Accessor) -> int:
        self._blob += b"\0" * (-len(self._blob) % 4)
        view = BufferView(buffer=0, byteOffset=len(self._blob), byteLength=len(data), target=target)
        self._blob += data
        self.gltf.bufferViews.append(view)
        accessor.bufferView = len(self.gltf.bufferViews) - 1
        self.gltf.accessors.append(accessor)
        return len(self.gltf.accessors) - 1

    def bytes(self, roots: list[int]) -> bytes:
        self.gltf.scenes = [Scene(nodes=roots)]
        self.gltf.buffers = [Buffer(byteLength=len(self._blob))]
        self.gltf.set_binary_blob(bytes(self._blob))
        return b"".join(self.gltf.save_to_bytes())


def _sphere(columns: int, rows: int) -> tuple[Points, NDArray[np.uint16]]:
    azimuth, height = np.meshgrid(
        np.linspace(-math.pi, math.pi, columns + 1), np.linspace(-math.pi / 2, math.pi / 2, rows + 1)
    )
    points = np.stack(
        [np.cos(height) * np.sin(azimuth), np.sin(height), np.cos(height) * np.cos(azimuth)], axis=-1
    ).reshape(-1, 3)
    corner = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)).ravel()
    above = corner + columns + 1
    triangles = np.stack([corner, corner + 1, above, corner + 1, above + 1, above], axis=1)
    return points.astype(np.float32), triangles.astype(np.uint16)


def _near(points: Points, place: tuple[float, float, float], width: float) -> Points:
    return np.exp(-(((points - np.array(place)) / width) ** 2).sum(axis=1)).astype(np.float32)


def _moved(points: Points, name: str) -> Points:
    """How each vertex moves at 1: no likeness is meant, but every shape moves its own place its own way."""
    side = 1 if name.endswith("Left") else -1 if name.endswith("Right") else 0
    places = {"eye": (0.035, 0.03, 0.08), "brow": (0.035, 0.06, 0.08), "cheek": (0.045, -0.01, 0.07)}
    places |= {"nose": (0.012, 0.0, 0.095), "mouth": (0.025, -0.045, 0.085), "jaw": (0.0, -0.085, 0.06)}
    places["tongue"] = (0.0, -0.05, 0.09)
    x, y, z = next(place for part, place in places.items() if name.startswith(part))
    weight = _near(points, (side * x, y, z), 0.05 if name.startswith("jaw") else 0.025)
    direction = np.random.default_rng(SHAPE_NAMES.index(name)).normal(size=3) * 0.01
    if name == "jawOpen":
        direction = np.array([0.0, -0.04, 0.0])
    return (weight[:, None] * direction).astype(np.float32)

"""A head in Panda3D: meshes with one morph slider for each shape, eyes that turn, a neck that stays."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    Geom,
    GeomEnums,
    GeomNode,
    GeomTriangles,
    GeomVertexAnimationSpec,
    GeomVertexArrayFormat,
    GeomVertexData,
    GeomVertexFormat,
    InternalName,
    LQuaternionf,
    LVector3f,
    NodePath,
    SliderTable,
    SparseArray,
    UserVertexSlider,
)

from avatar_head import parts
from avatar_head.parts import Part
from avatar_head.shapes import SHAPES
from avatar_head.skin import EYE

__all__ = ["Figure", "to_panda"]

Floats = NDArray[np.float64]

_EYE_SIDEWAYS: Final = math.radians(33)  # a full look shape, as in ARKit's own data
_EYE_UP_DOWN: Final = math.radians(35)
_NECK: Final = np.array([0.0, -1.05, -0.25])  # what the head turns on
_DECIMETRES: Final = 10.0  # in a metre
_STILL: Final = 1e-4  # of a decimetre: what moves less does not move


class Figure:
    """The head.

    Attributes:
        root: put it under `render`. It looks along -y, its left is +x, one unit is a decimetre.
        moved: how many vertices each shape moves.
    """

    def __init__(self) -> None:
        self.root = NodePath("avatar_head")
        self._head = self.root.attach_new_node("head")
        self._sliders = {name: UserVertexSlider(InternalName.make(name)) for name in SHAPES}
        self.moved = dict.fromkeys(SHAPES, 0)
        for i, part in enumerate(parts.head()):
            self._head.attach_new_node(_node(f"part{i}", part, self._sliders))
            for name, way in part.moves.items():
                self.moved[name] += int((np.abs(way).max(1) > _STILL).sum())
        self.root.attach_new_node(_node("collar", parts.collar(), {}))
        ball = parts.eyeball()
        self._eyes = []
        for side, sign in (("left", 1), ("right", -1)):
            eye = self._head.attach_new_node(_node(f"{side}_eye", ball, {}))
            eye.set_pos(*to_panda(EYE * (sign, 1, 1)))
            self._eyes.append(eye)

    def show(self, shapes: Sequence[float], position: Sequence[float], rotation: Sequence[float]) -> None:
        """Puts a face on.

        Args:
            shapes: 52 from 0 to 1, in the order of `SHAPES`.
            position: 3, metres from the calibrated place.
            rotation: 3, a rotation vector in radians.
        """
        for slider, value in zip(self._sliders.values(), shapes, strict=True):
            slider.set_slider(float(value))
        turn = _quaternion(rotation)
        pivot = to_panda(_NECK)
        away = LVector3f(*to_panda(np.asarray(position, float))) * _DECIMETRES
        self._head.set_quat(turn)
        self._head.set_pos(pivot - turn.xform(pivot) + away)
        self._look(dict(zip(SHAPES, shapes, strict=True)))

    def slider(self, name: str) -> float:
        """What a shape is at now."""
        return float(self._sliders[name].get_slider())

    def _look(self, on: dict[str, float]) -> None:
        for eye, side, sign in zip(self._eyes, ("Left", "Right"), (1, -1), strict=True):
            # Out is to the subject's left for the left eye; a positive turn about y looks to the left.
            yaw = sign * (on[f"eyeLookOut{side}"] - on[f"eyeLookIn{side}"]) * _EYE_SIDEWAYS
            pitch = (on[f"eyeLookDown{side}"] - on[f"eyeLookUp{side}"]) * _EYE_UP_DOWN
            eye.set_quat(_quaternion((pitch, 0, 0)) * _quaternion((0, yaw, 0)))


def to_panda(points: Floats) -> LVector3f | Floats:
    """The stream's axes (y up, z out of the face) as Panda's (z up, y away from the viewer); a vector or (N, 3)."""
    turned = np.stack((points[..., 0], -points[..., 2], points[..., 1]), -1)
    return LVector3f(*map(float, turned)) if turned.ndim == 1 else turned


def _quaternion(rotation: Sequence[float]) -> LQuaternionf:
    angle = math.sqrt(sum(float(part) ** 2 for part in rotation))
    turn = LQuaternionf.ident_quat()
    if angle > 1e-9:
        axis = to_panda(np.asarray(rotation, float) / angle)
        turn = LQuaternionf()
        turn.set_from_axis_angle_rad(angle, axis)
    return turn


def _node(name: str, part: Part, sliders: dict[str, UserVertexSlider]) -> GeomNode:
    rest, normals = part.points, _normals(part.points, part.triangles)
    used = {shape: way for shape, way in part.moves.items() if shape in sliders}
    columns = [to_panda(rest), to_panda(normals)]
    own = GeomVertexArrayFormat()
    own.add_column(InternalName.get_vertex(), 3, GeomEnums.NT_float32, GeomEnums.C_point)
    own.add_column(InternalName.get_normal(), 3, GeomEnums.NT_float32, GeomEnums.C_normal)
    own.add_column(InternalName.get_color(), 4, GeomEnums.NT_float32, GeomEnums.C_color)
    columns.append(np.concatenate((part.colours, np.ones((len(rest), 1))), 1))
    layout = GeomVertexFormat()
    layout.add_array(own)
    deltas = []
    if used:
        morphs = GeomVertexArrayFormat()
        for shape, way in used.items():
            for column in ("vertex", "normal"):
                morph = InternalName.get_morph(column, shape)
                morphs.add_column(morph, 3, GeomEnums.NT_float32, GeomEnums.C_morph_delta)
            deltas += [to_panda(way), to_panda(_normals(rest + way, part.triangles) - normals)]
        layout.add_array(morphs)
        animation = GeomVertexAnimationSpec()
        animation.set_panda()
        layout.set_animation(animation)
    data = GeomVertexData(name, GeomVertexFormat.register_format(layout), GeomEnums.UH_static)
    data.unclean_set_num_rows(len(rest))
    for array, parts_ in enumerate((columns, deltas)[: 1 + bool(used)]):
        packed = np.ascontiguousarray(np.concatenate(parts_, 1), np.float32)
        memoryview(data.modify_array(array)).cast("B").cast("f")[:] = memoryview(packed.reshape(-1))
    if used:
        data.set_slider_table(_table(used, sliders))
    triangles = GeomTriangles(GeomEnums.UH_static)
    for corners in part.triangles.tolist():
        triangles.add_vertices(*corners)
    geom = Geom(data)
    geom.add_primitive(triangles)
    node = GeomNode(name)
    node.add_geom(geom)
    return node


def _table(used: dict[str, Floats], sliders: dict[str, UserVertexSlider]) -> SliderTable:
    """Which rows each slider moves: the rest costs nothing."""
    table = SliderTable()
    for shape, way in used.items():
        rows = SparseArray()
        for row in np.flatnonzero(np.abs(way).max(1) > _STILL).tolist():
            rows.set_bit(row)
        table.add_slider(sliders[shape], rows)
    return SliderTable.register_table(table)


def _normals(points: Floats, triangles: NDArray[np.intp]) -> Floats:
    a, b, c = (points[triangles[:, i]] for i in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for i in range(3):
        np.add.at(normals, triangles[:, i], faces)
    # Vertices at one place, as on both sides of a seam, share no triangle: each keeps its own.
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)

class_name AvatarDriverFaceTracker
extends Node
## Offers the face that an [code]AvatarDriverReceiver[/code] hears as an [XRFaceTracker], for [XRFaceModifier3D] and
## whatever else asks the [XRServer]. Needs Godot 4.3 or newer; a headset is not needed.
##
## All Unified Expressions that ARKit's 52 shapes can give are worked out by the formulas of avatar_driver's map
## [code]unified[/code]; the others stay 0.

const FindReceiver = preload("find_receiver.gd")
const UnifiedShapes = preload("unified_shapes.gd")

## The receiver to follow. Empty: the nearest above this node, else the first in the scene.
@export var receiver_path: NodePath
## What the tracker is called. [XRFaceModifier3D] looks for "/user/face_tracker".
@export var tracker_name: String = "/user/face_tracker"

## The tracker itself.
var tracker = XRFaceTracker.new()

var _receiver = null


func _enter_tree() -> void:
	tracker.name = tracker_name
	tracker.description = "avatar_driver"
	XRServer.add_tracker(tracker)


func _ready() -> void:
	add_to_group(FindReceiver.FOLLOWERS)
	_follow()


## Called by a receiver that comes into the scene. A node that follows one already stays with it.
func on_receiver_came() -> void:
	if not is_instance_valid(_receiver) or _receiver.is_queued_for_deletion():
		_follow()


## Called by a receiver that leaves the scene, once its face is at rest.
func on_receiver_left(receiver: Node) -> void:
	if receiver == _receiver:
		_on_applied()


func _follow() -> void:
	if is_instance_valid(_receiver):
		_receiver.disconnect("applied", _on_applied)
	_receiver = FindReceiver.near(self, receiver_path)
	if _receiver == null:
		push_warning("avatar_driver: no AvatarDriverReceiver found for '%s'; set its receiver path" % name)
	else:
		_receiver.connect("applied", _on_applied)


func _exit_tree() -> void:
	XRServer.remove_tracker(tracker)


func _on_applied() -> void:
	tracker.blend_shapes = PackedFloat32Array(UnifiedShapes.weights(_receiver.shapes))

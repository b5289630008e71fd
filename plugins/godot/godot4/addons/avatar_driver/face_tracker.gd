class_name AvatarDriverFaceTracker
extends "follower.gd"
## Offers the face that an [code]AvatarDriverReceiver[/code] hears as an [XRFaceTracker], for [XRFaceModifier3D] and
## whatever else asks the [XRServer]. Needs Godot 4.3 or newer; a headset is not needed.
##
## All Unified Expressions that ARKit's 52 shapes can give are worked out by the formulas of avatar_driver's map
## [code]unified[/code]; the others stay 0.

const UnifiedShapes = preload("unified_shapes.gd")

## What the tracker is called. [XRFaceModifier3D] looks for "/user/face_tracker".
@export var tracker_name: String = "/user/face_tracker"

## The tracker itself.
var tracker = XRFaceTracker.new()


func _enter_tree() -> void:
	tracker.name = tracker_name
	tracker.description = "avatar_driver"
	XRServer.add_tracker(tracker)


func _ready() -> void:
	_follow()


func _exit_tree() -> void:
	XRServer.remove_tracker(tracker)


func _on_applied() -> void:
	tracker.blend_shapes = PackedFloat32Array(UnifiedShapes.weights(_receiver.shapes))

extends Node
## What nodes have in common that follow an [code]AvatarDriverReceiver[/code]: they find it, and another when it goes.

const FindReceiver = preload("find_receiver.gd")

## The receiver to follow. Empty: the nearest above this node, else the first in the scene.
export var receiver_path: NodePath

var _receiver = null


## Called by a receiver that comes into the scene. A node that follows one already stays with it.
func on_receiver_came() -> void:
	if not is_instance_valid(_receiver) or _receiver.is_queued_for_deletion():
		_follow()


## Called by a receiver that leaves the scene, once its face is at rest. If there is another, it is followed.
func on_receiver_left(receiver: Node) -> void:
	if receiver != _receiver:
		return
	_on_applied()
	var other = FindReceiver.near(self, receiver_path)
	if other != null and other != receiver:
		_follow()


func _follow() -> void:
	add_to_group(FindReceiver.FOLLOWERS)
	if is_instance_valid(_receiver):
		_receiver.disconnect("applied", self, "_on_applied")
	_receiver = FindReceiver.near(self, receiver_path)
	if _receiver == null:
		push_warning("avatar_driver: no AvatarDriverReceiver found for '%s'; set its receiver path" % name)
	else:
		_receiver.connect("applied", self, "_on_applied")


# What each face does; every follower has its own.
func _on_applied() -> void:
	pass

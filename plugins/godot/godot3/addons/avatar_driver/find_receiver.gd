## Finds the receiver that a node follows.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.

const GROUP = "avatar_driver_receivers"
## Nodes that follow a receiver, which calls their `on_receiver_came` and `on_receiver_left`.
const FOLLOWERS = "avatar_driver_followers"


## The node at `path`; without a path, the nearest receiver among the node's parents, and after that the first receiver
## in the scene. Null if there is none.
static func near(node: Node, path: NodePath) -> Node:
	if not path.is_empty():
		return node.get_node_or_null(path)
	var above = node.get_parent()
	while above != null:
		if above.is_in_group(GROUP) and not above.is_queued_for_deletion():
			return above
		above = above.get_parent()
	if not node.is_inside_tree():
		return null
	for receiver in node.get_tree().get_nodes_in_group(GROUP):
		if not receiver.is_queued_for_deletion():
			return receiver
	return null

## Finds the receiver that a node follows.
##
## Runs as it stands in Godot 3 and in Godot 4; both addons hold the same bytes.

const GROUP = "avatar_driver_receivers"


## The node at `path`; without a path, the nearest receiver among the node's parents, and after that the first receiver
## in the scene. Null if there is none.
static func near(node: Node, path: NodePath) -> Node:
	if not path.is_empty():
		return node.get_node_or_null(path)
	var above = node.get_parent()
	while above != null:
		if above.is_in_group(GROUP):
			return above
		above = above.get_parent()
	var receivers = node.get_tree().get_nodes_in_group(GROUP)
	return receivers[0] if receivers.size() > 0 else null

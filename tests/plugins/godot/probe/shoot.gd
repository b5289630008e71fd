extends SceneTree
# The sample scene in a window, which takes a picture of itself at rest and one with the jaw open, and then ends.
# Arguments: port to listen on, folder for the pictures.


func _init():
	var arguments = OS.get_cmdline_args()
	var last = arguments.size() - 1
	var scene = load("res://sample/sample.tscn").instance()
	scene.get_node("Receiver").port = int(arguments[last - 1])
	root.add_child(scene)
	var photographer = load("res://photographer.gd").new()
	photographer.folder = arguments[last]
	root.add_child(photographer)

extends SceneTree
# The sample scene as a person runs it, and a witness that tells by UDP when a face has been applied.
# Arguments: port to listen on, port of the witness, frames a second, file for the report.


func _init():
	var arguments = OS.get_cmdline_args()
	var last = arguments.size() - 1
	Engine.target_fps = int(arguments[last - 1])
	var scene = load("res://sample/sample.tscn").instance()
	scene.get_node("Receiver").port = int(arguments[last - 3])
	root.add_child(scene)
	var witness = load("res://witness.gd").new()
	witness.reports_to = int(arguments[last - 2])
	witness.report = arguments[last]
	root.add_child(witness)

extends SceneTree
# The sample scene as a person runs it, and a witness that tells by UDP when a face has been applied.
# Arguments: port to listen on, port of the witness, frames a second, seconds of silence at its end, file for the report.


func _init():
	var arguments = OS.get_cmdline_args()
	var last = arguments.size() - 1
	Engine.target_fps = int(arguments[last - 2])
	var scene = load("res://sample/sample.tscn").instance()
	scene.get_node("Receiver").port = int(arguments[last - 4])
	scene.get_node("Receiver").timeout_seconds = float(arguments[last - 1])
	root.add_child(scene)
	var witness = load("res://witness.gd").new()
	witness.reports_to = int(arguments[last - 3])
	witness.report = arguments[last]
	root.add_child(witness)

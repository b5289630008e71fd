extends SceneTree
# A scene with awkward models. What happens in it is told by UDP, as JSON.
# Arguments: port to listen on, port to tell, JSON of settings {node: {property: value}}.


func _init():
	var arguments = OS.get_cmdline_args()
	var last = arguments.size() - 1
	Engine.target_fps = 120
	var teller = load("res://teller.gd").new()
	teller.listens_on = int(arguments[last - 2])
	teller.tells = int(arguments[last - 1])
	teller.settings = JSON.parse(arguments[last]).result
	root.add_child(teller)

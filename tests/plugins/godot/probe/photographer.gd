extends Node
# Takes a picture once a face has been on the screen for some frames.

const DRAWN = 3

var folder = ""
var _wanted = ["neutral", "jawOpen"]
var _drawn = 0


func _process(_delta):
	var receiver = get_node("/root/Sample/Receiver")
	get_node("/root/Sample/Label").visible = false
	var is_open = receiver.shapes.get("jawOpen", 0.0) == 1.0
	_drawn = _drawn + 1 if not receiver.is_lost and is_open == (_wanted[0] == "jawOpen") else 0
	if _drawn < DRAWN:
		return
	_drawn = 0
	var picture = get_viewport().get_texture().get_data()
	picture.flip_y()
	picture.save_png(folder + "/" + _wanted.pop_front() + ".png")
	if _wanted.empty():
		get_tree().quit()

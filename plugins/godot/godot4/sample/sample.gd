extends Node3D
## Shows what the receiver hears, above the face that follows it.

var _left = 0.0


func _process(delta: float) -> void:
	_left -= delta
	if _left > 0.0:
		return
	_left = 0.25
	var receiver = $Receiver
	var counts = receiver.statistics()
	if not receiver.is_listening():
		$Label.text = "UDP port %d is taken by another program" % receiver.port
	elif counts["faces"] == 0:
		$Label.text = "waiting for a face on UDP port %d" % receiver.port
	else:
		var state = "lost" if receiver.is_lost else ("tracking" if receiver.is_tracked else "no face in view")
		$Label.text = "%s: %d faces, %d packets refused" % [state, counts["faces"], counts["refused"]]

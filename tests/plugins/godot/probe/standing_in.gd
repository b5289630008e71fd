# Stands in for what Godot 3 has not: XRFaceTracker as an object with its three properties, XRServer as a list.

var name = ""
var description = ""
var blend_shapes = PoolRealArray()
var trackers = []


func add_tracker(tracker):
	trackers.append(tracker)


func remove_tracker(tracker):
	trackers.erase(tracker)

@tool
extends EditorPlugin
## The nodes of this addon are there as soon as its folder is; switching the plugin on only shows that it is installed.

# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of one's own for a moment: what is edited or exported there leaves the user's alone.

The user may be in any mode, in local view, with collections hidden: none of it is touched, since none of it is here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import bpy


@contextmanager
def workbench(*items: bpy.types.Object, name: str = "Lift to 3D") -> Iterator[bpy.types.Scene]:
    """A scene with these objects alone, the first active, all selected, as the context's; afterwards it is gone."""
    scene = bpy.data.scenes.new(name)
    layer = scene.view_layers[0]
    try:
        for item in items:
            scene.collection.objects.link(item)
            item.select_set(True, view_layer=layer)
        layer.objects.active = items[0]
        with bpy.context.temp_override(
            scene=scene,
            view_layer=layer,
            collection=scene.collection,
            area=None,
            region=None,
            object=items[0],
            active_object=items[0],
            selected_objects=list(items),
        ):
            yield scene
    finally:
        for item in items:
            # An object that is in no scene yet keeps this for the next that it comes into.
            item.select_set(False, view_layer=layer)
        bpy.data.scenes.remove(scene)

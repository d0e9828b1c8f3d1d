# SPDX-License-Identifier: GPL-3.0-or-later
"""Detectors that name their points: take COCO's 17 out of whatever order and number they come in, else an animal's."""

from ..detections import DetectionList, Detections
from ..errors import KeypointError
from ..layouts import get_layout
from ..point_map import PointMap, finish_mapped
from ..point_names import names_an_animal


def finish_named(detections: DetectionList, names, mapping: PointMap | None = None) -> Detections:
    """Finish with the 17 points of COCO, found by name ({"0": "nose", ...}) or, without usable names, by number; with
    an animal's where the names are such, or with those of the user's map.

    KeypointError if the names are those of another set.
    """
    if mapping is not None:
        return finish_mapped(detections, _in_order(names, detections.points_each), mapping)
    if not isinstance(names, dict) or not names:
        return detections.finish_by_count({17: "coco17"})
    wanted = get_layout("coco17").names
    places = {str(name).lower().replace(" ", "_"): str(place) for place, name in names.items()}
    if not set(wanted) <= places.keys():
        if names_an_animal([str(name) for name in names.values()]):
            return finish_mapped(detections, _in_order(names, detections.points_each), None)
        listed = ", ".join(str(name)[:20] for name in list(names.values())[:5])
        raise KeypointError(
            f"The points of this file ({listed} ...) are not those of a person as COCO names them:"
            f" expected {wanted[0]}, {wanted[1]} ... {wanted[-1]}."
        )
    count = detections.points_each
    columns = [int(places[name]) if places[name].isdecimal() and len(places[name]) < 9 else count for name in wanted]
    if detections and max(columns) >= count:
        raise KeypointError(f"The names in this file are for more points than the {count} its poses have.")
    return detections.finish("coco17", columns=columns)


def _in_order(names, count: int) -> list[str]:
    """The names of the points 0 to count - 1, "" for those without one."""
    names = names if isinstance(names, dict) else {}
    return [str(names.get(str(place), "")) for place in range(count)]

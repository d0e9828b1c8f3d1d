# SPDX-License-Identifier: GPL-3.0-or-later
"""COCO keypoints: lists of results, and annotation files with images.

Results: [{"image_id": 7, "category_id": 1, "keypoints": [x, y, c, ...], "score": 0.9, "track_id": 3}, ...].
Annotations: {"images": [...], "annotations": [...], "categories": [...]}, with visibility 0, 1 or 2 in place of a
confidence. Both can hold unrelated photographs; only the frames of one video make a clip. Of annotations without people
the animals are read, their points known by the names in "categories".
"""

from collections import Counter

import numpy as np

from ..clip import checked_image_size
from ..detections import UNKNOWN_PERSON, DetectionList, Detections, identity, triples, whole_number
from ..errors import KeypointError
from ..layouts import get_layout
from ..point_map import PointMap, finish_mapped
from .openpose import frame_numbers

FORMAT = "COCO keypoints"
_USUAL_STEP = 10  # frames of one video are seldom farther apart; ids of photographs are
LAYOUTS = {17: "coco17"}


def recognises(document) -> bool:
    if isinstance(document, dict):
        return isinstance(document.get("annotations"), list) and isinstance(document.get("images"), list)
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and {"image_id", "keypoints"} <= document[0].keys()
    )


def read(document, mapping: PointMap | None = None) -> Detections:
    if isinstance(document, dict):
        return _read_annotations(document, mapping)
    numbers = [whole_number(_entry(row, index).get("image_id"), "image_id") for index, row in enumerate(document)]
    for row in document:
        if _category(row) != 1 and mapping is None:
            category = str(row["category_id"])[:20]
            raise KeypointError(f"These are keypoints of category {category}: only people (category 1) are read.")
    _check_is_video(numbers, "image ids")
    detections = _collect(document, numbers)
    return finish_mapped(detections, None, mapping) if mapping else detections.finish_by_count(LAYOUTS)


def _read_annotations(document: dict, mapping: PointMap | None) -> Detections:
    people = _person_categories(document.get("categories"))
    names = None
    if mapping or not people:
        people, names = _animal_categories(document)
    images = {}
    for index, image in enumerate(document["images"]):
        images[whole_number(_entry(image, index).get("id"), "id of an image")] = image
    rows = [_entry(row, index) for index, row in enumerate(document["annotations"])]
    rows = [row for row in rows if row.get("num_keypoints", 1) and _category(row) in people]
    if not rows:
        who = "person" if names is None else "animal"
        raise KeypointError(f"There is no {who} with keypoints in this COCO annotation file.")
    ids = list(images)
    sizes = {(str(image.get("width")), str(image.get("height"))) for image in images.values()}
    if len(sizes) > 1:
        raise KeypointError(f"The {len(ids)} images of this COCO file differ in size: they are no frames of a video.")
    numbers = dict(zip(ids, frame_numbers([str(image.get("file_name", "")) for image in images.values()]), strict=True))
    _check_is_video(list(numbers.values()), "image names")
    wanted = [whole_number(row.get("image_id"), "image_id") for row in rows]
    if not set(wanted) <= set(ids):
        raise KeypointError("An annotation of this COCO file belongs to an image that is not in the file.")
    image = images[ids[0]]
    size = checked_image_size((image["width"], image["height"])) if {"width", "height"} <= image.keys() else None
    detections = _collect(rows, [numbers[number] for number in wanted])
    if names is None and mapping is None:
        return detections.finish_by_count(LAYOUTS, image_size=size)
    try:
        return finish_mapped(detections, names, mapping, image_size=size)
    except KeypointError as error:
        raise KeypointError(f"These are keypoints of {_kinds(document, people)}. {error}") from None


def _entry(row, index: int) -> dict:
    if not isinstance(row, dict):
        raise KeypointError(f"Entry {index} of this COCO file is not an object.")
    return row


def _category(row: dict) -> int | None:
    """The category's id, 1 (people) where none is given, None for what is no number."""
    category = row.get("category_id", 1)
    return category if isinstance(category, int) else None


def _collect(rows: list[dict], numbers: list[int]) -> DetectionList:
    detections = DetectionList(FORMAT)
    for row, number in zip(rows, numbers, strict=True):
        pose = triples(row.get("keypoints"), f"keypoints of frame {number}")
        detections.add(number, pose, identity(row.get("track_id", UNKNOWN_PERSON)))
    return detections


def _person_categories(categories) -> set[int]:
    """Category ids whose keypoints are COCO's 17 of a person; none if the file has other creatures only."""
    if categories is None:
        return {1}
    if not isinstance(categories, list) or not categories or not all(isinstance(each, dict) for each in categories):
        raise KeypointError('The "categories" of this COCO file are not a list of objects.')
    wanted = list(get_layout("coco17").names)
    return {
        each["id"] for each in categories if isinstance(each.get("id"), int) and each.get("keypoints", wanted) == wanted
    }


def _animal_categories(document: dict) -> tuple[set[int], list[str] | None]:
    """The categories that share the names of those points which most annotations have, and the names."""
    counts = Counter(_category(row) for row in document["annotations"] if isinstance(row, dict))
    groups: dict[tuple[str, ...], set[int]] = {}
    for each in document.get("categories") or ():
        names, number = each.get("keypoints"), each.get("id")
        if isinstance(number, int) and isinstance(names, list) and all(isinstance(name, str) for name in names):
            groups.setdefault(tuple(names), set()).add(number)
    if not groups:
        return set(counts), None
    names = max(groups, key=lambda names: sum(counts[number] for number in groups[names]))
    return groups[names], list(names)


def _kinds(document: dict, chosen: set[int]) -> str:
    """What the annotated are, in the file's words."""
    categories = [each for each in document.get("categories") or () if each.get("id") in chosen]
    return ", ".join(repr(str(each.get("name"))[:20]) for each in categories[:3]) or "unnamed creatures"


def _check_is_video(numbers: list[int], what: str) -> None:
    distinct = np.unique(numbers)
    if len(distinct) > 1 and np.median(np.diff(distinct)) > _USUAL_STEP:
        raise KeypointError(
            f"The {len(distinct)} images of this COCO file are still images, not one video's frames:"
            f" their {what} are far apart ({distinct[0]}, {distinct[1]} ...)."
        )

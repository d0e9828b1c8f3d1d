# SPDX-License-Identifier: GPL-3.0-or-later
"""One module for each format: FORMAT, recognises(document) and read(document).

A document is what json.loads gives for a file, a dict of arrays for an .npz or HDF5 file, or the rows of a table.
`recognises` looks at the content alone and never raises; `read` returns Detections or raises KeypointError. Where a
file names its points, `read` also takes the user's map of them (point_map.py).
"""

# SPDX-License-Identifier: GPL-3.0-or-later
"""One module for each format: FORMAT, recognises(document) and read(document).

A document is what json.loads gives for a file, or a dict of arrays for an .npz. `recognises` looks at the content
alone and never raises; `read` returns Detections or raises KeypointError.
"""

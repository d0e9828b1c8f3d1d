# SPDX-License-Identifier: GPL-3.0-or-later
"""From video to 2D keypoints: decoding, detectors, people followed over time, clean-up."""

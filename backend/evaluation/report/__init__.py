# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark's report: results measured into JSON files, and a page with tables and plots made from them alone."""

"""The site: `make docs` builds it without a warning and without a look at the network."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent / "src")]

import sxsim  # noqa: E402  the checkout, not what may be installed beside it

project = "sxsim"
author = "The sxsim developers"
project_copyright = author
version = release = sxsim.__version__

extensions = ["mathml", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_nb"]
exclude_patterns = ["_ext"]
nitpicky = False
html_math_renderer = "mathml"

# Markdown: headings of three levels can be linked to, from page to page.
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_dmath_allow_space = False  # "16 M$ with the first and 113 M$ with the second" is money
myst_heading_anchors = 3

# The notebooks hold their output; the tests run them and compare what they print.
nb_execution_mode = "off"

# Reference: what each package offers by name, from the docstrings.
autosummary_generate = False
autodoc_default_options = {"members": True, "show-inheritance": False}
autodoc_member_order = "groupwise"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "furo"
html_title = f"sxsim {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False

"""Equations as MathML, made by docutils: no script and no network, every browser of today draws them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sphinx.writers.html5 import HTML5Translator

LOG = logging.getLogger(__name__)

FUNCTION = re.compile(r"(<mi>(?:ln|log|exp)</mi>)(\s*<mo>&ApplyFunction;</mo>)?(?!\s*<mo stretchy)")
"""A function's name; browsers set no space between it and its argument."""


def markup(node: nodes.math | nodes.math_block, as_block: bool) -> str:
    """MathML of an equation; one that docutils cannot read is a warning, and so ends a strict build."""
    tex = node.astext()
    rows = [row for row in tex.split("\n\n") if row.strip()]
    if as_block and (len(rows) > 1 or r"\\" in tex):
        tex = r"\begin{align*}" + r"\\".join(rows) + r"\end{align*}"
    try:
        return FUNCTION.sub(r'\1<mspace width="0.17em"></mspace>', tex2mathml(tex, as_block=as_block))
    except MathError as error:
        LOG.warning("equation cannot be written as MathML: %s", error, location=node)
        return f"<code>{node.astext()}</code>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write an equation within a line."""
    self.body.append(markup(node, as_block=False))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write an equation on a line of its own, with its number where it has a label."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})</span>')
    self.body.append(markup(node, as_block=True) + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Offer the renderer `mathml` to Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}

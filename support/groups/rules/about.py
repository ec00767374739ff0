"""A group's own words about itself: a little Markdown, no links, no pictures, nothing that runs."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {"p", "em", "strong", "ul", "ol", "li", "br", "blockquote"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})


def about_html(text: str) -> str:
    """The text as HTML that holds only words, lists and stress; links stay words."""
    return nh3.clean(_MARKDOWN.render(text), tags=_TAGS, attributes={}, link_rel=None)

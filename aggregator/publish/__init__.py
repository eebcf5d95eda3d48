"""Stories → Atom, RSS, JSON Feed, a front page and OPML.

``select`` chooses what a reader is told, ``render`` turns that into files' bytes, and
``files.write`` puts them where a web server finds them. Only the last touches the world.
"""

from aggregator.publish.edition import Edition, select
from aggregator.publish.render import render

__all__ = ["Edition", "render", "select"]

"""Stories → Atom, RSS, JSON Feed, a front page and OPML, of all stories and of each view.

``select`` chooses what a reader is told, ``told`` says when that changed, ``render`` makes files'
bytes of it, and ``files`` puts them where a web server finds them. Only the last touches the world.
"""

from aggregator.publish.edition import Edition, select
from aggregator.publish.render import render

__all__ = ["Edition", "render", "select"]

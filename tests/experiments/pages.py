"""Reading a report's page in tests: what a browser would make of its markup, with the standard library's parser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"meta", "link", "img", "br", "path", "input"}


@dataclass
class Element:
    """An element with what is in it: texts and elements."""

    tag: str
    attributes: dict[str, str]
    inside: list = field(default_factory=list)

    def all(self, tag, **attributes):
        found = []
        for part in self.inside:
            if isinstance(part, Element):
                if part.tag == tag and all(part.attributes.get(k.rstrip("_")) == v for k, v in attributes.items()):
                    found.append(part)
                found += part.all(tag, **attributes)
        return found

    @property
    def text(self):
        return "".join(part if isinstance(part, str) else part.text for part in self.inside)

    @property
    def numbers(self):
        """The exact values that stand behind what is shown."""
        return [float(data.attributes["value"]) for data in self.all("data")]


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].inside.append(element)
        if tag not in EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].inside.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].inside.append(data)


def read_page(text):
    """The page as elements; fails where one is not closed."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, [element.tag for element in reader.open]
    return reader.root

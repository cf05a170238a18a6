"""Takes the files out of a page of docs/: a fenced block whose first line is a comment "name.ext: ..." is the file name.ext.

    blocks(page)            {name: text}, in the order of the page
    unnamed(page, language) the texts of the other blocks of a language"""
import re

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
NAME = re.compile(r"(?:/\*|//|#|;) ([\w.-]+\.\w+): ")


def blocks(page):
    found = {}
    for _, text in FENCE.findall(page.read_text(encoding="utf-8")):
        name = NAME.match(text)
        if name and name.group(1) in found:
            raise AssertionError(f"{page}: {name.group(1)} stands there twice")
        if name:
            found[name.group(1)] = text
    return found


def unnamed(page, language):
    return [text for kind, text in FENCE.findall(page.read_text(encoding="utf-8")) if kind == language and not NAME.match(text)]

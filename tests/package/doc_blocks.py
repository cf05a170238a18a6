"""Takes code out of a page of docs/.

A fenced block whose first line is a comment "name.ext: ..." is the file name.ext:
    blocks(page)            {name: text}, in the order of the page
    unnamed(page, language) the texts of the other blocks of a language
A line "<!-- program: NAME, remark -->" begins a program, which the next heading ends.  Its parts, in order, are fenced blocks and the rows of
tables with three columns, Python | C | what is printed:
    programs(page)          a list of Program
    differs(want, got)      None, or in words how what was printed differs from what the page shows"""
import re

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
NAME = re.compile(r"(?:/\*|//|#|;) ([\w.-]+\.\w+): ")
PROGRAM = re.compile(r"^<!-- program: (\w+)(?:, ([^>]*))? -->\n(.*?)(?=^##|\Z)", re.M | re.S)
ROW = re.compile(r"^\| (?:`([^`]*)` )?\| (?:`([^`]*)` )?\| ?(.*?) ?\|$")
NUMBER = re.compile(r"-?\d+\.\d+")


class Part:
    """kind: "python", "c" or "text" with a text; or "row" with python and c.  want: [PyTorch's, cplug's] or None; shape: it is a shape."""

    def __init__(self, kind, text="", python="", c="", printed=""):
        self.kind, self.text, self.python, self.c = kind, text, python, c
        self.shape = printed.startswith("shape ")
        values = ["[" + printed[6:] + "]"] if self.shape else re.findall(r"`([^`]*)`", printed)
        if printed and len(values) not in (1, 2):
            raise AssertionError(f"not understood: {printed}")
        self.want = [values[0], values[-1]] if values else None


class Program:
    def __init__(self, name, remark, text):
        self.name, self.remark, self.parts = name, remark or "", []
        fence = None
        for line in text.splitlines():
            if line.startswith("```"):
                fence = Part(line[3:]) if fence is None else self.parts.append(fence)
            elif fence is not None:
                fence.text += line + "\n"
            elif line.startswith("| ") and "`" in line:
                cells = ROW.match(line)
                if not cells:
                    raise AssertionError(f"not a row of three cells: {line}")
                self.parts.append(Part("row", python=cells.group(1) or "", c=cells.group(2) or "", printed=cells.group(3)))


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


def programs(page):
    return [Program(*found) for found in PROGRAM.findall(page.read_text(encoding="utf-8"))]


def is_number(word):
    try:
        return float(word) == float(word)
    except ValueError:
        return False


def differs(want, got, tolerance=0.0):
    """Of a row: blanks count as one; a bare number is compared by value; 1 and 0 of C are True and False.  A text that ends with a newline:
    line by line.  tolerance: for numbers with a point, in parts of the number and absolutely; infinite: any number will do."""
    if not want.endswith("\n"):
        want, got = " ".join(want.split()), " ".join(got.split())
    got = {"1": "True", "0": "False"}.get(got, got) if want in ("True", "False") else got
    if want == got or is_number(want) and is_number(got) and float(want) == float(got):
        return None
    if tolerance and NUMBER.sub("#", want) == NUMBER.sub("#", got):
        pairs = zip(map(float, NUMBER.findall(want)), map(float, NUMBER.findall(got)))
        if all(abs(a - b) <= tolerance * (1 + abs(a)) for a, b in pairs):
            return None
    return f"the page shows  {want}\nprinted was     {got}"

"""Mistakes as people make them (typos.txt): each is refused with its place, and the first suggestion is the right word for nine in ten."""
import os
import re
from e2e import HERE, expect, main, model, run, write


def corpus():
    for line in open(os.path.join(HERE, "typos.txt")):
        if line.strip() and not line.startswith("#"):
            yield [word.strip() for word in line.split(" | ")]


def mistyped(name, section, right, wrong):
    """The model's text with one word replaced, and the number of its line."""
    text = open(model(name + ".ini")).read()
    start = text.index(f"[{section}]")
    word = re.compile(r"(?<!\w)" + re.escape(right) + (r"(?!\w)" if right[-1] != "]" else ""))
    at = word.search(text, start if right[0] == "[" else text.index("]", start)).start()
    end = text.find("\n[", start)
    expect(end < 0 or at < end, f"'{right}' does not stand in [{section}] of {name}")
    return text[:at] + wrong + text[at + len(right):], text[:at].count("\n") + 1


def suggestions(folder):
    rows, wrong = list(corpus()), []
    expect(len(rows) >= 80, f"only {len(rows)} typos")
    for name, section, right, word, expected in rows:
        text, line = mistyped(name, section, right, word)
        path = write(folder, "typo.ini", text)
        result = run("check", path)
        expect(result.code == 3, f"{name} [{section}] {right} -> {word}: exit code {result.code}", result.err)
        found = re.search(rf"^{re.escape(path)}:{line}:\d+: error: .*\n(?:  .*\n)*?  help: (?:did you mean|write) '([^']*)'", result.err, re.M)
        expect(re.search(rf"^{re.escape(path)}:{line}:\d+: error: ", result.err, re.M), f"{name}: {right} -> {word}: no place", result.err)
        if found is None or found.group(1) != expected:
            wrong.append(f"{name} [{section}] {right} -> {word}: {found.group(1) if found else 'nothing'}, not {expected}")
    print(f"{len(rows) - len(wrong)} of {len(rows)} first suggestions are right")
    print("\n".join(wrong))
    expect(len(wrong) * 10 <= len(rows), "fewer than nine in ten suggestions are right")


main([suggestions])

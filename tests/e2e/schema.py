"""A checker for the part of JSON Schema that docs/schemas uses; an unknown word in a schema is an error of the test."""
import json
import os

KNOWN = {"$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("number", "integer"):
        return isinstance(value, (int, float)) and not isinstance(value, bool) and (name == "number" or float(value).is_integer())
    return isinstance(value, TYPES[name])


def mistakes(value, schema, root, at="$"):
    """Lines that say where value departs from the schema."""
    unknown = set(schema) - KNOWN
    if unknown:
        return [f"{at}: the schema has {unknown}, which this checker does not know"]
    if "$ref" in schema:
        return mistakes(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    found = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "anyOf" in schema:
        each = [mistakes(value, one, root, at) for one in schema["anyOf"]]
        if all(each):
            found += min(each, key=len)
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(is_type(value, name) for name in names):
            return found + [f"{at}: {value!r} is no {' or '.join(names)}"]
    if isinstance(value, list) and "items" in schema:
        found += [m for i, v in enumerate(value) for m in mistakes(v, schema["items"], root, f"{at}[{i}]")]
    if isinstance(value, dict):
        found += [f"{at}: '{name}' is missing" for name in schema.get("required", []) if name not in value]
        rest = schema.get("additionalProperties", True)
        for name, v in value.items():
            one = schema.get("properties", {}).get(name, rest)
            if one is False:
                found.append(f"{at}: '{name}' is not in the schema")
            elif one is not True:
                found += mistakes(v, one, root, f"{at}.{name}")
    return found


def load(source, name):
    with open(os.path.join(source, "docs", "schemas", name + ".json"), encoding="utf-8") as f:
        return json.load(f)

"""usage: python3 regenerate.py FOLDER [extra/type ...]   (standard library only; needs `azmcp` on the PATH)"""
import json, os, pathlib, subprocess, sys

out = pathlib.Path(sys.argv[1])
types = sorted({p.stem.replace("_", "/") for p in out.glob("*.json")} | set(sys.argv[2:]))
env = dict(os.environ, AZURE_MCP_COLLECT_TELEMETRY="false")

def trim(v):                                    # drop prose, keep everything a checker reads
    if isinstance(v, dict):
        return {k: trim(x) for k, x in v.items() if k != "description"}
    return [trim(x) for x in v] if isinstance(v, list) else v

def refs(v):                                    # every type name an entry mentions
    if isinstance(v, dict):
        for k, x in v.items():
            if k in ("type", "additionalPropertiesType") and isinstance(x, str):
                while x.endswith("[]"):
                    x = x[:-2]
                yield x
            else:
                yield from refs(x)
    elif isinstance(v, list):
        for x in v:
            yield from refs(x)

for t in types:
    raw = subprocess.run(["azmcp", "bicepschema", "get", "--resource-type", t], env=env,
                         stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    entries = trim(json.loads(raw)["results"]["BicepSchemaResult"])   # KeyError: azmcp does not carry t
    models = {e["name"]: e for e in entries if e["$type"] in ("Object", "DiscriminatedObject")}
    resource = next(e for e in entries if e["$type"] == "Resource")
    keep, todo = set(), [resource["bodyType"]]
    while todo:                                 # only what the body can reach
        for name in refs(todo.pop()):
            if name in models and name not in keep:
                keep.add(name)
                todo.append(models[name])
    rows = [resource] + [e for e in entries if e["name"] in keep and e is not resource]
    text = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
    text = text.replace('{"name":', '\n {"name":')   # one property a line: readable diffs
    (out / (t.replace("/", "_") + ".json")).write_text(f"[\n{text}\n]\n")
    print(resource["name"], len(rows))

// The same bytes as Python's csv module reads them: a reader that shares nothing with ours.

import { spawnSync } from "node:child_process";
import { defaultMissingValues } from "../../../src/data/numbers.ts";

/** What Python sees of one table. */
export interface Reading {
  /** All rows, the header first; undefined when it refuses the bytes, and then `refusal` says why. */
  readonly rows?: readonly (readonly string[])[];
  readonly refusal?: string;
  /** For each row below the header and each column: the number as Python writes it, "missing", or "none". */
  readonly numbers?: readonly (readonly string[])[];
}

const SCRIPT = String.raw`
import base64, csv, io, json, re, sys
csv.field_size_limit(1 << 24)
missing = set(json.loads(sys.argv[1]))
number = re.compile(r"[ \t]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t]*")
def meaning(cell):
    if cell.strip(" \t") in missing: return "missing"
    return repr(float(cell)) if number.fullmatch(cell) else "none"
for line in sys.stdin:
    try:
        text = base64.b64decode(line).decode("utf-8")
        text = text[1:] if text.startswith("\ufeff") else text
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        print(json.dumps({"rows": rows, "numbers": [[meaning(cell) for cell in row] for row in rows[1:]]}))
    except (UnicodeDecodeError, csv.Error) as error:
        print(json.dumps({"refusal": str(error)}))
`;

/** Whether there is a Python to ask. */
export const hasPython = spawnSync("python3", ["-c", "import csv"]).status === 0;

/** Asks one process about many tables. */
export function readInPython(tables: readonly Uint8Array[]): Reading[] {
  const { status, stdout, stderr } = spawnSync(
    "python3",
    ["-c", SCRIPT, JSON.stringify(defaultMissingValues)],
    {
      input: `${tables.map((bytes) => Buffer.from(bytes).toString("base64")).join("\n")}\n`,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

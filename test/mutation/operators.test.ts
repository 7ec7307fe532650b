import { describe, expect, test } from "vitest";
import { blockAt, marked, takeEntered } from "./blocks.ts";
import { mutantsOf } from "./mutants.ts";

/** What becomes of a line. */
const madeOf = (line: string, operator?: string) =>
  mutantsOf("a.ts", `${line}\n`)
    .filter((mutant) => operator === undefined || mutant.operator === operator)
    .map(({ after }) => after);

describe("small faults", () => {
  test.each([
    ["comparison", "f(a < b);", ["f(a <= b);"]],
    ["comparison", "f(a === b);", ["f(a !== b);"]],
    ["arithmetic", "f(a + b);", ["f(a - b);"]],
    ["arithmetic", "f(-a);", ["f(a);"]],
    ["arithmetic", "a += b;", ["a -= b;"]],
    ["arithmetic", "a++;", ["a--;"]],
    ["constant", "f(0, true, `é`);", ["f(1, true, `é`);", "f(0, false, `é`);", "f(0, true, ``);"]],
    ["constant", 'f("a", "");', ['f("", "");', 'f("a", "x");']],
    ["constant", "f(1e300);", ["f(2e+300);"]],
    ["condition", "if (a) f();", ["if (!(a)) f();"]],
    ["condition", "if (!a) f();", ["if (!(!a)) f();"]],
    ["condition", "f(!a);", ["f(!!a);"]],
    ["condition", "f(a && b);", ["f(a || b);"]],
    ["condition", "f(a ?? b);", ["f(a);"]],
    ["condition", "f(a ? b : c);", ["f(!(a) ? b : c);"]],
    ["return", "const f = (): { a: number } => ({ a });", ["const f = (): { a: number } => undefined;"]],
    ["return", "function f() { return a; }", ["function f() { return; }"]],
    ["statement", "f();", [";"]],
    ["statement", "throw a;", [";"]],
  ])("%s: %s", (operator, line, expected) => {
    expect(madeOf(line, operator)).toEqual(expected);
  });

  test("leave alone what is not there at run time, names, and what they could not change", () => {
    const lines = [
      'import { a } from "./a.ts";',
      'type A = "a" | 1;',
      "interface B { readonly b: 1 }",
      "const f = () => undefined;",
      "const o = { b };",
    ];
    for (const line of lines) expect(madeOf(line)).toEqual([]);
    expect(madeOf('const o = { "a-b": c as 7 };')).toEqual([]);
  });

  test("are named by their lines and placed by the first of them", () => {
    expect(mutantsOf("a.ts", "\n\nif (\n  a\n) f();\n")[0]).toMatchObject({
      ...{ file: "a.ts", line: 4, before: "a", after: "!(a)" },
      text: "\n\nif (\n  !(a)\n) f();\n",
    });
  });
});

test("marks tell which blocks were entered since they were last asked for", () => {
  const source = "function f(a) { if (a) { return 1; } return 2; }";
  const run = new Function(`${marked("b.ts", source)} return f;`)() as (a: boolean) => number;
  const inner = blockAt("b.ts", source, source.indexOf("return 1"));
  const outer = blockAt("b.ts", source, source.indexOf("return 2"));
  expect([blockAt("b.ts", source, 0), outer, inner]).toEqual(["b.ts:0", "b.ts:1", "b.ts:2"]);
  expect(takeEntered()).toEqual(["b.ts:0"]);
  expect([run(false), takeEntered()]).toEqual([2, [outer]]);
  expect([run(true), takeEntered()]).toEqual([1, [outer, inner]]);
  expect(takeEntered()).toEqual([]);
});

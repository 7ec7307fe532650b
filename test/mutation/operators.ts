// Small faults in a source text: a comparison swapped, a statement dropped, a constant changed, a condition negated,
// + made -, a returned value dropped. Types carry no faults, for nothing of them is left at run time.

import { parseAst } from "rolldown/parseAst";

export type Operator = "comparison" | "statement" | "constant" | "condition" | "arithmetic" | "return";

/** One fault: the text from `start` to `end` replaced. */
export interface Fault {
  readonly operator: Operator;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** What stands in place of an operator. One that is not listed is left alone. */
const SWAPPED: Readonly<Record<string, readonly [Operator, string]>> = {
  "<": ["comparison", "<="],
  "<=": ["comparison", "<"],
  ">": ["comparison", ">="],
  ">=": ["comparison", ">"],
  "===": ["comparison", "!=="],
  "!==": ["comparison", "==="],
  "&&": ["condition", "||"],
  "||": ["condition", "&&"],
  "+": ["arithmetic", "-"],
  "-": ["arithmetic", "+"],
  "*": ["arithmetic", "/"],
  "/": ["arithmetic", "*"],
  "%": ["arithmetic", "*"],
  "<<": ["arithmetic", ">>"],
  ">>": ["arithmetic", "<<"],
  ">>>": ["arithmetic", "<<"],
  "&": ["arithmetic", "|"],
  "|": ["arithmetic", "&"],
  "+=": ["arithmetic", "-="],
  "-=": ["arithmetic", "+="],
  "*=": ["arithmetic", "/="],
  "/=": ["arithmetic", "*="],
  "++": ["arithmetic", "--"],
  "--": ["arithmetic", "++"],
};

/** Expressions with a type around them; everything else that begins with TS is a type. */
const TYPED = ["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression", "TSTypeAssertion"];

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Every fault that the operators find in a TypeScript source, in the order of the text. */
export function faultsOf(text: string): Fault[] {
  const faults: Fault[] = [];
  const add = (operator: Operator, { start, end }: { start: number; end: number }, replacement: string) =>
    void faults.push({ operator, start, end, replacement });
  const negated = new Set<unknown>();
  const negate = (test: unknown) => {
    negated.add(test);
    if (isNode(test)) add("condition", test, `!(${text.slice(test.start, test.end)})`);
  };
  const drop = (value: unknown, replacement: string, range: { start: number; end: number }) => {
    if (isNode(value) && text.slice(value.start, value.end) !== "undefined")
      add("return", range, replacement);
  };
  const swap = (operator: unknown, after: number) => {
    const swapped = SWAPPED[operator as string];
    if (!swapped) return;
    const start = text.indexOf(operator as string, after);
    add(swapped[0], { start, end: start + (operator as string).length }, swapped[1]);
  };

  const visit = (node: Node): void => {
    if (node.type.startsWith("TS") && !TYPED.includes(node.type)) return;
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        return;
      case "ExpressionStatement":
        add("statement", node, ";");
        break;
      case "ThrowStatement":
      case "BreakStatement":
      case "ContinueStatement":
        add("statement", node, ";");
        break;
      case "ReturnStatement":
        if (isNode(node.argument)) drop(node.argument, "return;", node);
        else add("statement", node, ";");
        break;
      case "ArrowFunctionExpression":
        if (isNode(node.body) && node.body.type !== "BlockStatement") {
          // The body of an arrow is taken with the brackets that may stand around it.
          const start = text.indexOf("=>", arrowAfter(node)) + 2;
          drop(node.body, " undefined", { start, end: node.end });
        }
        break;
      case "IfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "ForStatement":
      case "ConditionalExpression":
        negate(node.test);
        break;
      case "BinaryExpression":
      case "LogicalExpression":
      case "AssignmentExpression":
        if (node.operator === "??") add("condition", { start: (node.left as Node).end, end: node.end }, "");
        else swap(node.operator, (node.left as Node).end);
        break;
      case "UpdateExpression":
        swap(node.operator, node.prefix === true ? node.start : (node.argument as Node).end);
        break;
      case "UnaryExpression":
        if (node.operator === "-") add("arithmetic", { start: node.start, end: node.start + 1 }, "");
        if (node.operator === "!" && !negated.has(node)) {
          add("condition", { start: node.start, end: node.start + 1 }, "!!");
        }
        break;
      case "Literal":
        add(...changedLiteral(node));
        return;
      case "TemplateElement": {
        const { raw } = node.value as { raw: string };
        const start = node.start + 1; // behind the ` or the }
        if (raw.trim() !== "") add("constant", { start, end: start + raw.length }, "");
        return;
      }
    }
    for (const [field, value] of Object.entries(node)) {
      if (field === "key" && node.computed !== true) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child);
    }
  };
  const program: unknown = parseAst(text, { lang: "ts" });
  visit(program as Node);
  return faults.filter(({ start, end, replacement }) => text.slice(start, end) !== replacement);
}

/** Where the arrow of an arrow function can stand at the earliest: behind its parameters and its return type. */
function arrowAfter(node: Node): number {
  const parts = [...(node.params as readonly Node[]), node.returnType].filter(isNode);
  return Math.max(node.start, ...parts.map((part) => part.end));
}

function changedLiteral(node: Node): [Operator, Node, string] {
  const { value } = node;
  const unchanged = node.raw as string;
  // Of a large number one more is the same.
  if (typeof value === "number")
    return ["constant", node, String(value + 1 === value ? 2 * value : value + 1)];
  if (typeof value === "boolean") return ["constant", node, String(!value)];
  if (typeof value === "string") return ["constant", node, value === "" ? '"x"' : '""'];
  return ["constant", node, unchanged];
}

import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvAnswers, csvCell, jsonAnswers } from "../../src/cli/predictions.ts";

const columns = { kept: ["id"], classes: ["a", "b"], logits: [] };
const row = { kept: ["7"], predicted: "a", probabilities: [0.75, 0.25], logits: undefined };

describe("CSV", () => {
  test("is the copied columns, the class, and a probability for each class", () => {
    const { header, line } = csvAnswers(columns, false);
    expect(header + line(row)).toBe("id,predicted,probability_a,probability_b\n7,a,0.75,0.25\n");
  });

  test("adds the logits when they are asked for", () => {
    const { header, line } = csvAnswers({ ...columns, kept: [], logits: ["a", "b"] }, false);
    expect(header).toBe("predicted,probability_a,probability_b,logit_a,logit_b\n");
    expect(line({ ...row, kept: [], logits: [1.5, -1e-7] })).toBe("a,0.75,0.25,1.5,-1e-7\n");
  });

  test("any text reads back as it was, 500 seeded texts of every kind", () => {
    const text = fc.string({
      unit: fc.constantFrom('"', ",", "\n", "\r", " ", "\t", "'", "=", "é", "😀", "\ufeff", "x"),
    });
    fc.assert(
      fc.property(text, text, (kept, predicted) => {
        const { header, line } = csvAnswers({ kept: ["id"], classes: [], logits: [] }, false);
        const read = parse(header + line({ kept: [kept], predicted, probabilities: [], logits: undefined }));
        expect(read).toEqual([
          ["id", "predicted"],
          [kept, predicted],
        ]);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test("a number reads back to the same bits", () => {
    const { line } = csvAnswers({ kept: [], classes: ["a"], logits: [] }, false);
    const float32 = Math.fround(0.1);
    expect(Number(line({ ...row, kept: [], probabilities: [float32] }).split(",")[1])).toBe(float32);
  });

  test.each(["=1+1", "+1", "-1", "@x", "\tx", "\rx", "  =1"])(
    "%j is a formula only without --safe-csv",
    (text) => {
      expect(parse(csvCell(text, true))).toEqual([[`'${text}`]]);
      expect(parse(csvCell(text, false))).toEqual([[text]]);
    },
  );
});

describe("JSON lines", () => {
  test("keep the order of classes named like numbers, and any name", () => {
    const { header, line } = jsonAnswers({ kept: ['a"b'], classes: ["10", "9", "__proto__"], logits: [] });
    expect(header).toBe("");
    expect(
      line({ kept: ["\u2028x"], predicted: "9", probabilities: [0.1, 0.7, 0.2], logits: undefined }),
    ).toBe(
      '{"predicted":"9","probabilities":{"10":0.1,"9":0.7,"__proto__":0.2},"kept":{"a\\"b":"\\u2028x"}}\n',
    );
  });

  test("hold no NaN and no infinity: such a prediction is refused", () => {
    const { line } = jsonAnswers(columns);
    expect(() => line({ ...row, probabilities: [Number.NaN, 1] })).toThrow(
      "a prediction: expected finite numbers, got NaN",
    );
  });
});

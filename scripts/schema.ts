// The documents made of the configuration schema: configs/schema.json for editors, docs/configuration.md for people.
// test/config/documents.test.ts holds the committed files against them and writes them anew with UPDATE=1.

import { toJsonSchema } from "@valibot/to-json-schema";
import { runSchema } from "../src/config/schema.ts";
import { type ConfigKey, describeConfig, resolveRunConfig, writeRunConfig } from "../src/config.ts";
import { experimentSchema } from "../src/experiment/schema.ts";

/** The JSON Schema (draft 7) of a configuration, as text. */
export function configJsonSchema(): string {
  return jsonSchema(runSchema, "a run of pullone");
}

/** The JSON Schema (draft 7) of an experiment, as text. */
export function experimentJsonSchema(): string {
  return jsonSchema(experimentSchema, "an experiment of pullone");
}

function jsonSchema(document: Parameters<typeof toJsonSchema>[0], title: string): string {
  const schema = toJsonSchema(document, {
    typeMode: "input",
    target: "draft-07",
    ignoreActions: ["check"],
    overrideAction: ({ jsonSchema }) => {
      if (jsonSchema.description === "") delete jsonSchema.description;
      return jsonSchema;
    },
  });
  const titled = {
    $schema: schema.$schema,
    title,
    // Read by editors that know JSON with comments.
    allowComments: true,
    allowTrailingCommas: true,
    ...schema,
  };
  return `${JSON.stringify(titled, null, 2)}\n`;
}

/** The page of keys, as Markdown. */
export function configurationPage(): string {
  const keys = describeConfig();
  const sections = keys.filter(({ isSection, path }) => isSection && !path.includes("."));
  const topLevel = keys.filter(({ isSection, path }) => !isSection && !path.includes("."));
  const example = writeRunConfig(resolveRunConfig({ data: { label: "species" } }, [], "example"));
  return [
    "# Configuration",
    "",
    "<!-- Made of src/config/schema.ts: UPDATE=1 npx vitest run test/config -->",
    "",
    "A run is one file of JSON with comments. Comments and a comma after the last item are fine; an unknown key, a",
    "wrong type, a value out of range, a key given twice are refused with line and column. Only `data.label` has to be",
    "given. `--set` changes a key from the command line: `--set train.learningRate=0.1`, values in JSON or plain text;",
    "a name with dots stands in quotes: `--set 'data.columns.\"a.b\".kind=numeric'`. The command line wins over the file,",
    "the file over the defaults; of two settings of one key the last wins. A setting that chooses another optimizer,",
    "split or schedule also forgets the keys of the file that go with the old one. A number is read as it is written",
    "or refused: nothing is rounded to another seed. YAML is not read. `pullone train … --print-config` prints the whole",
    "configuration that a run would have, and trains nothing.",
    "",
    "A star stands for a name out of the data. Where a key goes with some kinds only, its row says which.",
    "",
    table(topLevel),
    ...sections.flatMap((section) => [
      `## ${section.path}`,
      "",
      `${sentence(section.meaning)}`,
      "",
      table(
        keys.filter(
          ({ path, isSection }) => path.startsWith(`${section.path}.`) && !isHeading(path, isSection),
        ),
      ),
    ]),
    "## Everything, with its default",
    "",
    "```jsonc",
    example.trimEnd(),
    "```",
    "",
  ].join("\n");
}

/** The rows of objects say nothing that the rows of their keys do not, unless the object may be given as a whole. */
function isHeading(path: string, isSection: boolean): boolean {
  return isSection && path.endsWith("*");
}

function table(keys: readonly ConfigKey[]): string {
  // Rows of one key stand together, one for each kind it goes with.
  const paths = [...new Set(keys.map(({ path }) => path))];
  const grouped = paths.flatMap((path) => keys.filter((key) => key.path === path));
  const rows = grouped.map(
    (key) => `| \`${key.path}\` | ${cell(key.expected)} | ${defaultOf(key)} | ${cell(meaningOf(key))} |`,
  );
  return ["| key | value | default | meaning |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function defaultOf(key: ConfigKey): string {
  if (key.fallback !== undefined) return `\`${cell(JSON.stringify(key.fallback))}\``;
  return key.required ? "required" : "–";
}

function meaningOf(key: ConfigKey): string {
  if (!key.only) return key.meaning;
  const kinds = key.only.kinds.map((kind) => `"${kind}"`).join(" or ");
  return `${key.meaning} (with \`${key.only.path}\` ${kinds})`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

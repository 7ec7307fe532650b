// The configuration of a run: read, checked, completed, written. Its keys and defaults are in schema.ts.

import { complaintOf, complaintOfRule } from "./config/complaints.ts";
import { classNotes, columnNotes, keyNotes, writeCommented } from "./config/document.ts";
import { isForbiddenKey } from "./config/jsonc.ts";
import { type ConfigKey, listKeys } from "./config/keys.ts";
import { brokenRule } from "./config/rules.ts";
import { type RunConfig, runSchema } from "./config/schema.ts";
import { type Setting, settle } from "./config/settings.ts";
import { safeParse } from "./config/words.ts";
import type { ColumnProfile } from "./data/columns.ts";

export { decodeConfig } from "./config/utf8.ts";
export type { ConfigKey, RunConfig };

const configKeys: readonly ConfigKey[] = listKeys(runSchema);

/** Every key with what it takes, its default and its meaning, in the order of the document. */
export function describeConfig(): readonly ConfigKey[] {
  return configKeys;
}

/**
 * Reads the text of a configuration file: JSON with comments.
 *
 * @param source for messages: the name of the file
 * @throws {PulloneError} config_invalid with line, column and path
 */
export function parseRunConfig(content: string, source: string): RunConfig {
  return resolveRunConfig(content, [], source);
}

/**
 * A complete run: defaults, over them a document (the text of a file, or a partial object), over it settings such as
 * "train.learningRate=0.1", whose values are JSON or plain text.
 *
 * @throws {PulloneError} config_invalid for what cannot be, usage_invalid for a setting that is no path=value
 */
export function resolveRunConfig(
  document: string | object,
  settings: readonly (string | Setting)[],
  source: string,
): RunConfig {
  const settled = settle(document, settings, source, configKeys);
  const result = safeParse(runSchema, settled.value);
  if (!result.success) throw complaintOf(settled, result.issues, configKeys);
  const { $schema: _, ...config } = result.output;
  const broken = brokenRule(config);
  if (broken) throw complaintOfRule(settled, broken);
  return config;
}

/** The configuration as commented text, complete and in the order of the schema; parsing it gives `config` again. */
export function writeRunConfig(config: RunConfig): string {
  const complete = resolveRunConfig(config, [], "configuration");
  return writeCommented(complete, keyNotes(configKeys, complete));
}

/**
 * A first configuration for a table, to be edited: every key with its comment, and the columns with what was
 * inferred of them (more than 2,000 are left to be inferred again).
 *
 * @param classes as they were found: a comment, because a rare one may be in no training row
 * @throws {PulloneError} config_invalid when `partial` is
 */
export function writeCommentedConfig(
  partial: object,
  columns: readonly ColumnProfile[],
  classes: readonly string[] = [],
): string {
  const given = resolveRunConfig(partial, [], "configuration");
  const listed =
    columns.length > 2_000
      ? []
      : columns.filter(({ name }) => name !== given.data.label && !isForbiddenKey(name));
  const kinds = listed.map(({ name, kind }) => [name, { kind, ...given.data.columns[name] }] as const);
  const inferred = Object.fromEntries(kinds);
  const named = { ...inferred, ...given.data.columns, ...inferred };
  const complete = resolveRunConfig(
    { ...given, data: { ...given.data, columns: named } },
    [],
    "configuration",
  );
  const schema = "$schema" in partial ? { $schema: partial.$schema } : {};
  const told = complete.data.classes ? [] : classes;
  const notes = columnNotes(listed, classNotes(told, keyNotes(configKeys, complete)));
  return writeCommented({ ...schema, ...complete }, notes, [
    "A run of pullone. Keys that keep their default may be deleted.",
  ]);
}

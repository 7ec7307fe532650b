// The commands and options of the program as its help tells them: what is added there is tried here too.

import { runIn } from "../../cli/memory.ts";

export interface SpokenOption {
  readonly long: string;
  readonly takesValue: boolean;
  readonly mayRepeat: boolean;
}

export interface Spoken {
  readonly name: string;
  /** How many arguments it needs at least and takes at most. */
  readonly least: number;
  readonly most: number;
  readonly options: readonly SpokenOption[];
  /** Options that have to be given, with values. */
  readonly required: readonly string[];
}

const VALUES: Readonly<Record<string, string>> = { "--label": "y", "--row": "1" };

export async function commandsOf(): Promise<readonly Spoken[]> {
  const help = (await runIn(["--help"])).out;
  const [, list = ""] = help.split("\nCommands:\n");
  const names = Array.from(list.matchAll(/^ {2}([a-z]+) /gm), ([, name]) => name!);
  return Promise.all(names.filter((name) => name !== "help").map(spokenOf));
}

async function spokenOf(name: string): Promise<Spoken> {
  const { out } = await runIn([name, "--help"]);
  const usage = /^Usage: pullone [a-z]+ (.*)$/m.exec(out)![1]!;
  const [words = ""] = usage.split(" --");
  const least = words.match(/<[^>]+>/g)?.length ?? 0;
  const optional = words.match(/\[(?!options)[^\]]+\]/g)?.length ?? 0;
  const options = Array.from(
    out.matchAll(/^ {2}(?:-\w, )?(--[a-z0-9-]+)( <[^>]+>)?((?:.|\n {10,})*)/gm),
    ([, long, value, words]) => ({
      long: long!,
      takesValue: value !== undefined,
      mayRepeat: /may\s+be\s+repeated/.test(words!),
    }),
  );
  const required = Array.from(usage.matchAll(/(?<!\[)(--[a-z]+) </g), ([, long]) => [long!, VALUES[long!]!]);
  return { name, least, most: least + optional, options, required: required.flat() };
}

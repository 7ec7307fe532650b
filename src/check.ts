// Everything that can be proved of a run before it is believed: its arithmetic, its data, its silence about test rows.

import { checkDuplicates, checkIdentifiers, checkLeaks } from "./checks/audit.ts";
import { checkGradients } from "./checks/gradients.ts";
import { checkPushAndPull, checkTwoSteps, checkUntrained } from "./checks/losses.ts";
import type { Check } from "./checks/result.ts";
import { checkTrace } from "./checks/trace.ts";
import type { RunConfig } from "./config.ts";
import type { PartLengths } from "./data/split.ts";
import type { Table } from "./data/table.ts";
import { prepare } from "./prepare.ts";

export type { Check };

/**
 * Checks a run on its own rows and its own network. Nothing is written and no result depends on the clock.
 *
 * @throws {PulloneError} config_invalid, data_invalid, training_diverged: as training would
 */
export function checkRun(config: RunConfig, table: Table, lengths?: PartLengths): Check[] {
  const data = prepare(config, table, lengths);
  return [
    checkGradients(config, data),
    checkPushAndPull(config, data),
    checkUntrained(config, data),
    checkTwoSteps(config, data),
    ...checkDuplicates(table, data),
    checkIdentifiers(data),
    checkLeaks(data),
    checkTrace(config, data, table, lengths),
  ];
}

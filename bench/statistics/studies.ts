// All studies, in the order of the table.
import { foldStudies } from "./folds.ts";
import { pairStudies } from "./pairs.ts";
import { scoreStudies } from "./scores.ts";
import type { Study } from "./study.ts";

export const studies = (): Study[] => [...pairStudies(), ...foldStudies(), ...scoreStudies()];

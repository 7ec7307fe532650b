// What a check says.

export interface Check {
  readonly name: string;
  /** `note`: worth a look, but no proof of a fault. */
  readonly status: "ok" | "note" | "failed";
  /** One sentence with the figures. */
  readonly found: string;
  /** The figures as they are; null where one is not finite. */
  readonly figures: Readonly<Record<string, number | string | boolean | null>>;
}

/** Two digits are enough to tell an error from a rounding. */
export function small(value: number): string {
  return value === 0 ? "0" : value.toExponential(1);
}

/** JSON knows no infinity. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

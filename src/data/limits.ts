// How much of anything a table may hold, stated once: a file past a limit is refused, never cut and never left to
// fill the memory.

export const limits = {
  /**
   * Bytes of one row in the file, and so of any field in it. A quote that is never closed swallows the rows after
   * it, and this is where it stops.
   */
  rowBytes: 1_048_576,

  /** UTF-16 units of a column name: names stand in messages, reports and the model file. */
  nameLength: 256,

  /** Columns of a file. The widest tables in use, gene expression, have about this many; each costs a map. */
  columns: 20_000,

  /** Rows of a table: row numbers are 32-bit signed integers. */
  rows: 2_147_483_647,

  /**
   * Distinct cells of a column kept as text. Past it a column is numbers, or it is an identifier: nothing else
   * has so many, and a place for each in a one-hot encoding would be most of the network.
   */
  distinctTexts: 1_000,

  /**
   * Distinct cells of all columns kept as text, where each takes some 130 bytes. Past it, columns of nothing but
   * numbers are kept as numbers, which says the same; thousands of columns of free text are refused.
   */
  tableTexts: 1_000_000,

  /** Categories of one column: the same number, because a categorical column must be kept as text. */
  categories: 1_000,

  /** Classes of the label: the same number, for the same reason. */
  classes: 1_000,
} as const;

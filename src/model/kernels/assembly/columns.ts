// Eight rows of a matrix in panels, turned into columns of eight numbers and back: what runs along a row in order
// (the sums of a softmax, the sums over outputs of a backward product) then runs lane by lane.

/** out (columns padded, 8): out[c][r] = panels[row + r][c] for eight rows. */
export function loadColumns(out: usize, panels: usize, capacity: i32, row: i32, columns: i32): void {
  for (let c = 0; c < columns; c += 8) {
    const from = panels + <usize>((c >> 3) * capacity + row) * 32;
    const to = out + <usize>c * 32;
    transpose(to, from);
    transpose(to + 128, from + 16);
    transpose(to + 16, from + 128);
    transpose(to + 144, from + 144);
  }
}

/** panels[row + r][c] = in[c][r] for eight rows; columns beyond `columns` in the last panel become 0. */
export function storeColumns(panels: usize, columnsOf: usize, capacity: i32, row: i32, columns: i32): void {
  const padded = (columns + 7) & ~7;
  const zero = i32x4.splat(0);
  for (let c = columns; c < padded; c++) {
    v128.store(columnsOf + <usize>c * 32, zero);
    v128.store(columnsOf + <usize>c * 32, zero, 16);
  }
  for (let c = 0; c < columns; c += 8) {
    const from = columnsOf + <usize>c * 32;
    const to = panels + <usize>((c >> 3) * capacity + row) * 32;
    transpose(to, from);
    transpose(to + 128, from + 16);
    transpose(to + 16, from + 128);
    transpose(to + 144, from + 144);
  }
}

/** A 4 x 4 block, rows 32 bytes apart on both sides. */
// @ts-ignore: decorator
@inline
function transpose(to: usize, from: usize): void {
  storeTransposed(to, v128.load(from), v128.load(from, 32), v128.load(from, 64), v128.load(from, 96));
}

/** Stores four rows of four numbers as four columns, 32 bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const a = i32x4.shuffle(r0, r1, 0, 4, 1, 5);
  const b = i32x4.shuffle(r2, r3, 0, 4, 1, 5);
  const c = i32x4.shuffle(r0, r1, 2, 6, 3, 7);
  const d = i32x4.shuffle(r2, r3, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(a, b, 0, 2));
  v128.store(to, i64x2.shuffle(a, b, 1, 3), 32);
  v128.store(to, i64x2.shuffle(c, d, 0, 2), 64);
  v128.store(to, i64x2.shuffle(c, d, 1, 3), 96);
}

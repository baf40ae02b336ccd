/**
 * Moves a sequence forward in time: what was planned for later comes next, and the last action is held on.
 * @param row     any number of sequences, one after another
 * @param at      where in `row` the sequence begins
 * @param length  its steps
 * @param by      steps that passed, at least 0
 */
export function shiftRow(row: Float64Array, at: number, length: number, by: number): void {
  const last = row[at + length - 1]!;
  for (let t = 0; t < length; t++) row[at + t] = t + by < length ? row[at + t + by]! : last;
}

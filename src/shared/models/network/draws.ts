import { streamKey, uniform } from '../../math/random';
import type { TrainingCourse } from './course';

/** How the rows of a member come and how far they are; arrays that threads may share. */
export interface MemberDraws {
  /** The rows of one pass, each as often as the bootstrap says; shuffled anew for every pass. */
  readonly order: Int32Array;
  /** [2]: place of the next row in `order`; random numbers drawn so far. */
  readonly state: Int32Array;
}
type Drawn = Pick<TrainingCourse, 'rows' | 'bootstrap' | 'seed' | 'mirror'>;

/** Rows of one pass of a member. A row's count belongs to the row, so that later fits of a member see the same sample of the past. */
export function rowsOfPass({ rows, bootstrap, seed }: Drawn, member: number): number[] {
  const order: number[] = [];
  const counts = streamKey(seed, 0x6274, member, 0);
  for (let row = 0; row < rows; row++) {
    const u = bootstrap ? uniform(counts, row) : 0.5;
    const times = u < 0.368 ? 0 : u < 0.736 ? 1 : u < 0.92 ? 2 : 3; // Poisson with mean 1, cut at 3
    for (let k = 0; k < times; k++) order.push(row);
  }
  if (order.length === 0) order.push(0);
  return order;
}

/** Makes the first draw begin a pass. */
export function beginDraws({ order, state }: MemberDraws, rows: readonly number[]): void {
  order.set(rows);
  state[0] = order.length;
  state[1] = 0;
}

/** Draws of all members, for one thread. */
export const drawsOf = (course: Drawn, members: number): MemberDraws[] =>
  Array.from({ length: members }, (_, member) => {
    const rows = rowsOfPass(course, member);
    const draws = { order: new Int32Array(rows.length), state: new Int32Array(2) };
    beginDraws(draws, rows);
    return draws;
  });

/**
 * Picks the next batch of a member: twice the number of each row, plus 1 where its mirror image is meant. Under the mirror
 * each comes as it was or mirrored with probability ½.
 */
export function drawBatch({ rows, seed, mirror }: Drawn, member: number, { order, state }: MemberDraws, picks: Int32Array): void {
  const key = streamKey(seed, 0x6e6e, member, rows);
  let [next, drawn] = state;
  for (let i = 0; i < picks.length; i++) {
    if (next >= order.length) {
      for (let k = order.length - 1; k > 0; k--) {
        const other = Math.floor(uniform(key, drawn++) * (k + 1));
        const kept = order[k];
        order[k] = order[other];
        order[other] = kept;
      }
      next = 0;
    }
    const mirrored = mirror !== undefined && uniform(key, drawn++) < 0.5 ? 1 : 0;
    picks[i] = 2 * order[next++] + mirrored;
  }
  state[0] = next;
  state[1] = drawn;
}

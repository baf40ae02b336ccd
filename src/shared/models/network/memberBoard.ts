import { beginDraws, rowsOfPass, type MemberDraws } from './draws';
import type { TrainingCourse } from './course';
import { ARRAYS_A_MEMBER } from './kernelPlaces';

/** Losses of so many steps of a member are kept; no thread goes further beyond what was read. */
export const LOSSES_KEPT = 256;

/** Words at the beginning. */
const OVER = 0;
const LIMIT = 1;
/** Counts tasks given back, limits raised, and the end. */
const CHANGES = 2;
const FIRST_MEMBER = 4;
/** A member's word: twice the steps it has taken, plus 1 while a thread trains it. This one is never taken again. */
const STUCK = 0x7ffffffe;

/**
 * The members of a training in memory that threads share: who is free, how far each has come, its numbers as it was given
 * back last, its draws and its losses. A member is always trained in sequence, by one thread at a time, so that the number
 * of threads cannot change the result.
 */
export class MemberBoard {
  private readonly words: Int32Array;
  private readonly losses: Float64Array;
  private readonly numbers: Float32Array[];
  private readonly draws: MemberDraws[];

  /** Over memory that `boardFor` made. */
  constructor(
    readonly memory: SharedArrayBuffer,
    readonly members: number,
    size: number,
    passes: readonly number[],
  ) {
    const places = placesOf(members, size, passes);
    this.words = new Int32Array(memory, 0, FIRST_MEMBER + members);
    this.losses = new Float64Array(memory, places.losses, members * LOSSES_KEPT);
    this.numbers = passes.map((_, m) => new Float32Array(memory, places.numbers + 4 * m * ARRAYS_A_MEMBER * size, ARRAYS_A_MEMBER * size));
    this.draws = passes.map((length, m) => ({
      order: new Int32Array(memory, places.orders[m], length),
      state: new Int32Array(memory, places.states + 8 * m, 2),
    }));
  }

  /**
   * Takes the free member that is furthest behind; -1 when none is free below the limit.
   * Whoever takes one has to give it back.
   */
  take(): number {
    for (;;) {
      let [least, found] = [2 * this.limit, -1];
      for (let m = 0; m < this.members; m++) {
        const word = Atomics.load(this.words, FIRST_MEMBER + m);
        if (word % 2 === 0 && word < least) [least, found] = [word, m];
      }
      if (found < 0 || Atomics.compareExchange(this.words, FIRST_MEMBER + found, least, least + 1) === least) return found;
    }
  }
  /** Gives back a member that has come so far, for good when it is stuck. */
  giveBack(member: number, steps: number, stuck: boolean): void {
    Atomics.store(this.words, FIRST_MEMBER + member, stuck ? STUCK : 2 * steps);
    this.tell();
  }
  stepsOf(member: number): number {
    return Atomics.load(this.words, FIRST_MEMBER + member) >> 1;
  }
  /** Steps that every member has taken, those aside that are stuck. */
  get least(): number {
    let least = STUCK >> 1;
    for (let m = 0; m < this.members; m++) least = Math.min(least, this.stepsOf(m));
    return least;
  }

  /** Its parameters and moments, packed; for whoever has taken it. */
  numbersOf(member: number): Float32Array {
    return this.numbers[member];
  }
  drawsOf(member: number): MemberDraws {
    return this.draws[member];
  }
  setLoss(member: number, step: number, loss: number): void {
    this.losses[member * LOSSES_KEPT + (step % LOSSES_KEPT)] = loss;
  }
  lossOf(member: number, step: number): number {
    return this.losses[member * LOSSES_KEPT + (step % LOSSES_KEPT)];
  }

  get limit(): number {
    return Atomics.load(this.words, LIMIT);
  }
  /** Members may take so many steps. */
  allow(steps: number): void {
    Atomics.store(this.words, LIMIT, steps);
    this.tell();
  }
  get over(): boolean {
    return Atomics.load(this.words, OVER) === 1;
  }
  end(): void {
    Atomics.store(this.words, OVER, 1);
    this.tell();
  }

  get changes(): number {
    return Atomics.load(this.words, CHANGES);
  }
  /** Sleeps until something has changed since `changes` was read, or for so long. */
  waitForChange(changes: number, milliseconds: number): void {
    Atomics.wait(this.words, CHANGES, changes, milliseconds);
  }
  private tell(): void {
    Atomics.add(this.words, CHANGES, 1);
    Atomics.notify(this.words, CHANGES);
  }
}

/** What a thread needs to see a board, as data that crosses to it. */
export interface BoardMemory {
  readonly memory: SharedArrayBuffer;
  /** Rows in a pass of each member. */
  readonly passes: readonly number[];
}

/** Makes the memory of a board; its members' numbers are to be filled in. */
export function boardFor(course: TrainingCourse, size: number): { board: MemberBoard; shared: BoardMemory } {
  const { members } = course.layout;
  const rows = Array.from({ length: members }, (_, member) => rowsOfPass(course, member));
  const passes = rows.map(({ length }) => length);
  const memory = new SharedArrayBuffer(placesOf(members, size, passes).end);
  const board = new MemberBoard(memory, members, size, passes);
  rows.forEach((own, member) => beginDraws(board.drawsOf(member), own));
  return { board, shared: { memory, passes } };
}

/** Bytes. */
function placesOf(members: number, size: number, passes: readonly number[]) {
  const losses = Math.ceil((4 * (FIRST_MEMBER + members)) / 64) * 64;
  const numbers = losses + 8 * members * LOSSES_KEPT;
  const states = numbers + 4 * members * ARRAYS_A_MEMBER * size;
  let end = states + 8 * members;
  const orders = passes.map((length) => {
    const from = end;
    end += 4 * length;
    return from;
  });
  return { losses, numbers, states, orders, end };
}

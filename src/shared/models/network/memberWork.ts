import { rateAt, type TrainingCourse } from './course';
import { drawBatch } from './draws';
import type { KernelNetwork } from './kernelNetwork';
import type { MemberBoard } from './memberBoard';

/** Floating-point operations of a task: a millisecond or two, some five on slow machines. A step is never cut. */
const OPERATIONS_A_TASK = 4e7;
/** A step multiplies and adds three times for each parameter and sample: forward, back, and for the gradient of the weights. */
const OPERATIONS = 6;

/** One thread's part of a training: takes members from the board, trains each a little further and gives it back. */
export class MemberWork {
  private readonly stepsATask: number;
  /** How far the members are that stand in the memory of this thread's kernel. */
  private readonly held: number[];

  /** @param stepsBefore  taken before this training; the optimiser's corrections follow from them */
  constructor(
    private readonly network: KernelNetwork,
    private readonly course: TrainingCourse,
    private readonly board: MemberBoard,
    private readonly stepsBefore: number,
  ) {
    this.stepsATask = Math.max(1, Math.floor(OPERATIONS_A_TASK / (OPERATIONS * network.places.size * course.batch)));
    this.held = new Array<number>(board.members).fill(-1);
  }

  /** Trains the free member that is furthest behind. False when none is free. */
  doTask(): boolean {
    const { board, network, course, held } = this;
    const member = board.take();
    if (member < 0) return false;
    const numbers = board.numbersOf(member);
    let step = board.stepsOf(member);
    if (held[member] !== step) network.take(member, numbers);
    const to = Math.min(board.limit, step + this.stepsATask);
    let stuck = false;
    while (step < to && !stuck) {
      drawBatch(course, member, board.drawsOf(member), network.picks);
      const loss = network.step(member, this.stepsBefore + step, rateAt(course, step));
      board.setLoss(member, step++, loss);
      stuck = !Number.isFinite(loss);
    }
    network.give(member, numbers);
    held[member] = step;
    board.giveBack(member, step, stuck);
    return true;
  }
}

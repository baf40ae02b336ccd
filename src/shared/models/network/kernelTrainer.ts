import type { Moments } from './adamW';
import type { TrainingCourse } from './course';
import { KernelNetwork } from './kernelNetwork';
import { packMember, unpackMember } from './kernelPlaces';
import { boardFor, LOSSES_KEPT, MemberBoard, type BoardMemory } from './memberBoard';
import { MemberWork } from './memberWork';
import type { NetworkTrainer, TrainingRun } from './trainer';

/**
 * Trains by the kernel `training`. The results of its portable build depend neither on the engine nor on the number of
 * threads.
 *
 * @param module  the kernel, compiled; each training and each thread has an instance and a memory of its own
 * @param crew    further threads; without it members are trained in the calling thread alone
 */
export const kernelTrainer = (module: WebAssembly.Module, crew?: TrainingCrew): NetworkTrainer => ({
  name: 'kernels',
  begin: (course, parameters, moments) => new KernelTraining(module, crew, course, parameters, moments),
});

/** Further threads that train, handed in by who can start them. */
export interface TrainingCrew {
  /** Lets every thread take part in a training until its board is over; see `helpTrain`. */
  begin(work: SharedTraining): void;
  /** Throws when one of them failed or ended during the training that was begun last. */
  check(): void;
  /** Lets the calling thread hear of that. */
  breathe(): Promise<void>;
}
/** A training as it is told to a thread. */
export interface SharedTraining {
  readonly module: WebAssembly.Module;
  readonly course: TrainingCourse;
  readonly stepsBefore: number;
  readonly shared: BoardMemory;
}

/** While others hold the members, how long to sleep before looking whether they still live, in milliseconds. */
const LOOK_AFTER = 20;

class KernelTraining implements TrainingRun {
  private readonly network: KernelNetwork;
  private readonly board: MemberBoard;
  private readonly work: MemberWork;
  private readonly stepsBefore: number;
  /** Steps whose losses were given out. */
  private read = 0;

  constructor(
    module: WebAssembly.Module,
    private readonly crew: TrainingCrew | undefined,
    private readonly course: TrainingCourse,
    private readonly parameters: Float32Array,
    private readonly moments: Moments,
  ) {
    this.network = new KernelNetwork(module, course);
    this.stepsBefore = moments.steps;
    const { places } = this.network;
    const { board, shared } = boardFor(course, places.size);
    this.board = board;
    for (let m = 0; m < board.members; m++) packMember(course, places, m, parameters, moments, board.numbersOf(m));
    this.work = new MemberWork(this.network, course, board, moments.steps);
    crew?.begin({ module, course, stepsBefore: moments.steps, shared });
  }

  async take(to: number, ahead: number): Promise<number[]> {
    const losses: number[] = [];
    while (this.read < to) {
      const goal = Math.min(to, this.read + LOSSES_KEPT);
      await this.reach(goal, Math.max(goal, Math.min(ahead, this.read + LOSSES_KEPT)));
      for (; this.read < goal; this.read++) {
        const loss = this.lossOf(this.read);
        losses.push(loss);
        if (!Number.isFinite(loss)) return losses; // the member at fault takes no further step
      }
    }
    return losses;
  }
  /** Works along until every member has come so far. */
  private async reach(goal: number, limit: number): Promise<void> {
    const { board, crew } = this;
    board.allow(limit);
    while (board.least < goal) {
      const { changes } = board;
      if (this.work.doTask()) continue;
      board.waitForChange(changes, LOOK_AFTER);
      if (board.changes !== changes) continue;
      await crew?.breathe();
      crew?.check();
    }
  }
  private lossOf(step: number): number {
    const { members } = this.board;
    let sum = 0;
    for (let m = 0; m < members; m++) sum += this.board.lossOf(m, step);
    return sum / (members * this.course.outputs);
  }

  bring(): void {
    const { board, course, network, parameters, moments } = this;
    for (let m = 0; m < board.members; m++) unpackMember(course, network.places, m, board.numbersOf(m), parameters, moments);
    moments.steps = this.stepsBefore + board.least;
  }

  end(): void {
    this.board.end();
  }
}

/** Takes part in a training until it is over: what a thread of a crew does when it is told of one. */
export function helpTrain({ module, course, stepsBefore, shared }: SharedTraining): void {
  const network = new KernelNetwork(module, course);
  const board = new MemberBoard(shared.memory, course.layout.members, network.places.size, shared.passes);
  const work = new MemberWork(network, course, board, stepsBefore);
  while (!board.over) {
    const { changes } = board;
    if (!work.doTask() && !board.over) board.waitForChange(changes, Infinity);
  }
}

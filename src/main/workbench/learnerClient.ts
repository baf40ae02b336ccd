import { FitCancelled, type FitProgress, type SavedModel } from '../../shared/models/model';
import type { FitJob } from '../../shared/models/fitJob';
import type { NetworkTrainer } from '../../shared/models/network/trainer';
import type { TensorBackend } from '../../shared/models/tensorBackend';
import type { ChildProcessHandle } from './children';

/** What the workbench tells the learner process. Fits are numbered by the client. */
export type ToLearner =
  | {
      readonly kind: 'fit';
      readonly fit: number;
      readonly job: FitJob;
      /** A tensor backend to train on; `auto` is the kernels. */
      readonly wish: 'auto' | TensorBackend['name'];
      /** Why the native tensor library must not be loaded again. */
      readonly avoidNative?: string;
      /** Whether the process is to compute only where no other thread wants a core, from now on for good. */
      readonly stepBack?: boolean;
    }
  | { readonly kind: 'cancel'; readonly fit: number }
  | { readonly kind: 'leave' };
export type FromLearner =
  /** A tensor library is about to be loaded; what happens until `backend` may be its fault. */
  | { readonly kind: 'loading'; readonly fit: number }
  | { readonly kind: 'backend'; readonly fit: number; readonly backend: TensorBackend }
  | { readonly kind: 'progress'; readonly fit: number; readonly progress: LearnerProgress }
  | ({ readonly kind: 'done'; readonly fit: number } & FittedModel)
  | { readonly kind: 'failed'; readonly fit: number; readonly cancelled: boolean; readonly message: string };

export interface LearnerProgress extends FitProgress {
  readonly secondsLeft?: number;
}
export interface FittedModel {
  readonly saved: SavedModel;
  /** Wall time of the fit in the learner process. */
  readonly seconds: number;
  /** What trained it; absent for models without networks. */
  readonly trainer?: NetworkTrainer['name'];
  /** The backend of TensorFlow.js, when that trained it. */
  readonly backend?: TensorBackend;
}
export interface LearnerPorts {
  spawnLearner(): ChildProcessHandle;
  /** The backend of TensorFlow.js to train on; when absent networks are trained by the kernels. */
  readonly wish?: 'auto' | TensorBackend['name'];
}

/** How long a learner may take to leave when asked, in milliseconds; then it is killed. */
const LEAVE_MS = 1000;

interface Pending {
  readonly fit: number;
  readonly onProgress: (progress: LearnerProgress) => void;
  resolve(result: FittedModel): void;
  reject(error: Error): void;
}

/**
 * The learner process as the workbench sees it: started when a fit is wanted, started again for the next one after it
 * died, and never waited for by anything with a deadline.
 */
export class LearnerClient {
  private child: ChildProcessHandle | undefined;
  private pending: Pending | undefined;
  private fits = 0;
  private closing = false;
  /** Whether the process has stepped back: where that is the system's affair, an ordinary user cannot undo it. */
  private steppedBack = false;
  /** Whether a death now would be put down to the native library, and why it is avoided since. */
  private nativeAtRisk = false;
  private avoidNative: string | undefined;

  constructor(private readonly ports: LearnerPorts) {}

  /**
   * Fits in the learner process. One at a time: a second may begin when the first has ended or was cancelled.
   * Rejects with FitCancelled, with the fit's own sentence, or with what became of the process.
   *
   * @param stepBack  compute only where no other thread wants a core: for a loop in real time that must not wait
   */
  fit(job: FitJob, onProgress: (progress: LearnerProgress) => void = () => {}, stepBack = false): Promise<FittedModel> {
    if (this.closing) return Promise.reject(new Error('The learner is closed; nothing is fitted any more.'));
    if (this.pending !== undefined) return Promise.reject(new Error('A fit is under way already. Wait for it, or cancel it first.'));
    return new Promise((resolve, reject) => {
      const fit = ++this.fits;
      if (this.steppedBack && !stepBack) this.replace();
      const child = this.running();
      this.steppedBack = stepBack;
      this.pending = { fit, onProgress, resolve, reject };
      const { wish = 'auto' } = this.ports;
      child.send({
        kind: 'fit',
        fit,
        job,
        wish,
        stepBack,
        ...(this.avoidNative === undefined ? {} : { avoidNative: this.avoidNative }),
      } satisfies ToLearner);
    });
  }

  /** Calls off the fit under way, if there is one: its promise rejects with FitCancelled at once. */
  cancel(): void {
    const { pending } = this;
    if (pending === undefined) return;
    this.pending = undefined;
    this.child?.send({ kind: 'cancel', fit: pending.fit } satisfies ToLearner);
    pending.reject(new FitCancelled());
  }

  /** Process id of the learner, while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Asks the process to leave and waits for it; kills it when it does not. */
  close(): Promise<void> {
    this.closing = true;
    this.cancel();
    const { child } = this;
    if (child === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const last = setTimeout(() => child.kill(), LEAVE_MS);
      child.onExit(() => {
        clearTimeout(last);
        resolve();
      });
      child.send({ kind: 'leave' } satisfies ToLearner);
    });
  }

  /** Lets the process go, so that the next fit has a fresh one. */
  private replace(): void {
    this.child?.send({ kind: 'leave' } satisfies ToLearner);
    this.child = undefined;
    this.steppedBack = false;
  }
  private running(): ChildProcessHandle {
    if (this.child !== undefined) return this.child;
    const child = this.ports.spawnLearner();
    this.child = child;
    this.nativeAtRisk = false;
    child.onMessage((message) => {
      if (this.child === child) this.take(message as FromLearner);
    });
    child.onExit((how) => this.died(child, how));
    return child;
  }

  private take(message: FromLearner): void {
    if (message.kind === 'loading') this.nativeAtRisk = true;
    else if (message.kind === 'backend') this.nativeAtRisk = message.backend.name === 'native';
    const { pending } = this;
    if (pending === undefined || message.fit !== pending.fit) return; // of a fit that was called off
    if (message.kind === 'progress') return pending.onProgress(message.progress);
    if (message.kind !== 'done' && message.kind !== 'failed') return;
    this.pending = undefined;
    if (message.kind === 'done') {
      const { saved, seconds, trainer, backend } = message;
      pending.resolve({ saved, seconds, ...(trainer && { trainer }), ...(backend && { backend }) });
    } else pending.reject(message.cancelled ? new FitCancelled() : new Error(message.message));
  }

  private died(child: ChildProcessHandle, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.steppedBack = false;
    if (this.nativeAtRisk && !this.closing) this.avoidNative = `the learner process ${how} while it was in use`;
    const { pending } = this;
    this.pending = undefined;
    pending?.reject(new Error(`The learner process ${how} during a fit. The next fit starts it anew.`));
  }
}

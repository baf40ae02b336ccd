import type { ExportForm, OpenedRecording, RecordedRows } from '../../shared/contract/contract';
import type { Library, RecordingMarks } from '../../shared/episodes/library';
import type { Setup } from '../../shared/setups/setup';
import type { ChildProcessHandle } from './children';

interface Window {
  readonly name: string;
  /** Seconds of the episode. */
  readonly from: number;
  readonly to: number;
  readonly most: number;
}
/** What the librarian does: it alone opens recordings and whatever else comes from a disk that nobody vouches for. */
export interface LibrarianJobs {
  /** @param openFile  the part file that is being written now */
  list(params: { readonly openFile: string | undefined }): Library;
  open(params: { readonly name: string }): OpenedRecording;
  rows(params: Window): RecordedRows;
  plans(params: Window): { readonly frames: readonly Uint8Array[] };
  mark(params: { readonly name: string; readonly marks: RecordingMarks }): void;
  /** The recording and what stands beside it. */
  filesOf(params: { readonly name: string }): string[];
  setupOf(params: { readonly name: string }): Setup;
  /** Takes a file from anywhere into the folder. */
  import(params: { readonly path: string }): { readonly name: string; readonly notes: readonly string[] };
  /** @param folder  where it is written, never over another */
  export(params: { readonly name: string; readonly form: ExportForm; readonly folder: string }): {
    readonly path: string;
    readonly notes: readonly string[];
  };
  recover(params: { readonly name: string }): { readonly name: string | null; readonly words: string };
}
export type LibrarianJob = keyof LibrarianJobs;
/** Jobs that may take minutes: they tell how they go on, may be cancelled, and let the others by. */
export const longJobs = ['import', 'export'] as const satisfies readonly LibrarianJob[];
export type LongJob = (typeof longJobs)[number];
/** How a long job stands. */
export interface WorkStep {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}
export type ToLibrarian =
  | { readonly kind: 'job'; readonly id: number; readonly job: LibrarianJob; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'leave' };
export type FromLibrarian =
  | ({ readonly kind: 'progress'; readonly id: number } & WorkStep)
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  onStep?(step: WorkStep): void;
}

/** The librarian as the workbench sees it: a thread that is started when it is first asked, and again after it has died. */
export class LibrarianClient {
  private child: ChildProcessHandle | undefined;
  private readonly pending = new Map<number, Pending>();
  private jobs = 0;
  private closing = false;

  constructor(private readonly spawn: () => ChildProcessHandle) {}

  /** Rejects with the librarian's own sentence, or with what became of it. */
  ask<J extends LibrarianJob>(job: J, params: Parameters<LibrarianJobs[J]>[0]): Promise<ReturnType<LibrarianJobs[J]>> {
    if (this.closing) return Promise.reject(new Error('The recordings are being closed. Ask again.'));
    return this.send(job, params).result;
  }
  /** The same for a long job. `cancel` makes it reject, in a moment. */
  work<J extends LongJob>(
    job: J,
    params: Parameters<LibrarianJobs[J]>[0],
    onStep: (step: WorkStep) => void,
  ): { readonly result: Promise<ReturnType<LibrarianJobs[J]>>; cancel(): void } {
    const { id, result } = this.send(job, params, onStep);
    return { result, cancel: () => this.child?.send({ kind: 'cancel', id } satisfies ToLibrarian) };
  }
  /** Resolves when the thread is gone, and with it every file that it held open. */
  close(): Promise<void> {
    this.closing = true;
    const { child } = this;
    const gone = child === undefined ? Promise.resolve() : new Promise<void>((done) => child.onExit(() => done()));
    child?.send({ kind: 'leave' } satisfies ToLibrarian);
    this.failAll('The recordings are being closed. Ask again.');
    return gone;
  }

  private send<J extends LibrarianJob>(job: J, params: unknown, onStep?: (step: WorkStep) => void) {
    const id = ++this.jobs;
    const result = new Promise<ReturnType<LibrarianJobs[J]>>((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject, ...(onStep && { onStep }) });
      this.running().send({ kind: 'job', id, job, params } satisfies ToLibrarian);
    });
    return { id, result };
  }
  private running(): ChildProcessHandle {
    if (this.child !== undefined) return this.child;
    const child = this.spawn();
    this.child = child;
    child.onMessage((raw) => {
      const message = raw as FromLibrarian;
      const pending = this.pending.get(message.id);
      if (message.kind === 'progress') return pending?.onStep?.(message);
      this.pending.delete(message.id);
      if (message.kind === 'done') pending?.resolve(message.result);
      else pending?.reject(new Error(message.message));
    });
    child.onExit((how) => {
      if (this.child !== child) return;
      this.child = undefined;
      this.failAll(`The thread that reads recordings ${how}. The next call starts it anew.`);
    });
    return child;
  }
  private failAll(why: string): void {
    const all = [...this.pending.values()];
    this.pending.clear();
    for (const { reject } of all) reject(new Error(why));
  }
}

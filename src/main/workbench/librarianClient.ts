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
export type ToLibrarian =
  { readonly kind: 'job'; readonly id: number; readonly job: LibrarianJob; readonly params: unknown } | { readonly kind: 'leave' };
export type FromLibrarian =
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
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
    const id = ++this.jobs;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      this.running().send({ kind: 'job', id, job, params } satisfies ToLibrarian);
    });
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

  private running(): ChildProcessHandle {
    if (this.child !== undefined) return this.child;
    const child = this.spawn();
    this.child = child;
    child.onMessage((raw) => {
      const message = raw as FromLibrarian;
      const pending = this.pending.get(message.id);
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

import type { Transport } from '../../shared/contract/transport';
import type { TensorBackend } from '../../shared/models/tensorBackend';
import type { Setup } from '../../shared/setups/setup';
import type { ChildProcessHandle, ControlChild, LearnerChild } from './children';

/** What the librarian is born with. */
export interface LibrarianPlace {
  /** Of the recordings. */
  readonly folder: string;
  /** Version of this program, for what it writes. */
  readonly software: string;
}
/** What only the shell can ask of the desktop. Both reject with a sentence. */
export interface Desktop {
  /** Puts files into the trash of the system. */
  trash(paths: readonly string[]): Promise<void>;
  /** Shows a file in its folder, or a folder. */
  show(path: string): Promise<void>;
}

/** What a shell hands to the workbench. The workbench never learns which shell it was. */
export interface WorkbenchPorts {
  /** Forks the control process; resolves when it said hello. */
  forkControl(): ControlChild;
  /** Spawns the learner process. */
  spawnLearner(): LearnerChild;
  /** Starts the thread that reads recordings. */
  spawnLibrarian(place: LibrarianPlace): ChildProcessHandle;
  readonly desktop: Desktop;
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Folder of the user's data; created when first written to. */
  readonly home: string;
  readonly version: string;
  /** What to begin with; the default setup when absent. */
  readonly setup?: Setup;
  /** The backend of TensorFlow.js to train networks on; the kernels train them when absent. */
  readonly backend?: TensorBackend['name'];
}

/** The workbench as its shells hold it. */
export interface Workbench {
  /** Serves a client that came through some door until its transport closes. */
  join(transport: Transport): void;
  /** Command zero now; for stop keys, closing windows and signals. */
  stop(reason: string): void;
  /** Stops, lets the children leave in order, resolves when they are gone. */
  close(): Promise<void>;
}

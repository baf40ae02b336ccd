import { basename } from 'node:path';
import type { OpenedRecording } from '../../shared/contract/contract';
import type { RecordedMoment } from '../../shared/episodes/library';
import { FileRefused } from '../../shared/recordings/refusal';
import { resolveSetup } from '../../shared/setups/resolve';
import type { Listener } from '../storage/convert/readTable';
import { exportFile, importFile } from '../storage/library/importFile';
import { LibraryFolder } from '../storage/library/library';
import { RecordingFile } from '../storage/library/recordingFile';
import { repair } from '../storage/mcap/repair';
import { repairText } from '../storage/mcap/repairText';
import { recordedSetup } from '../storage/recordedSetup';
import { describeSettings, describeSetup } from '../workbench/describe';
import {
  longJobs,
  type FromLibrarian,
  type LibrarianJob,
  type LibrarianJobs,
  type ToLibrarian,
  type WorkStep,
} from '../workbench/librarianClient';
import type { LibrarianPlace } from '../workbench/workbenchPorts';

/** What the librarian may use of its thread. */
export interface LibrarianHost {
  send(message: FromLibrarian): void;
  onMessage(listener: (message: ToLibrarian) => void): void;
  leave(): void;
}
type Jobs = {
  readonly [J in LibrarianJob]: (
    params: Parameters<LibrarianJobs[J]>[0],
    listener: Listener,
  ) => ReturnType<LibrarianJobs[J]> | Promise<ReturnType<LibrarianJobs[J]>>;
};

/** Recordings that are held open at a time: two to compare, and those that were looked at just before. */
const MOST_OPEN = 4;

/** How often a long job tells how it stands, ms. */
const TELL_MS = 150;
const CANCELLED = 'It was cancelled; nothing of it was kept.';

/**
 * Serves the recordings of a folder, one job after the other; long ones go on beside them, a piece at a time. What fails is answered
 * with its sentence.
 */
export function serveLibrarian(host: LibrarianHost, { folder, software }: LibrarianPlace): void {
  let openFile: string | undefined;
  const library = new LibraryFolder(folder, () => openFile);
  const shelf = new Shelf();
  const jobs: Jobs = {
    list(params) {
      openFile = params.openFile;
      return library.list();
    },
    open: async ({ name }) => opened(await library.summary(name), shelf.take(library.pathOf(name))),
    rows: async ({ name, from, to, most }) => shelf.take(library.pathOf(name)).rowsBetween(from, to, most),
    plans: async ({ name, from, to, most }) => ({ frames: shelf.take(library.pathOf(name)).plansBetween(from, to, most) }),
    mark: async ({ name, marks }) => void (await library.mark(name, marks)),
    async filesOf({ name }) {
      shelf.drop(library.pathOf(name)); // whoever asks may be about to delete it, which an open file can forbid
      return library.filesOf(name);
    },
    setupOf: async ({ name }) => setupOf(shelf.take(library.pathOf(name))).setup,
    async import({ path }, listener) {
      const done = await importFile(path, folder, { software, startedAt: new Date().toISOString() }, listener);
      return { name: basename(done.path), notes: done.notes };
    },
    export: ({ name, form, folder: to }, listener) => exportFile(library.pathOf(name), form, to, software, listener),
    async recover({ name }) {
      const done = await repair(library.pathOf(name), { library: `upright ${software}` });
      return { name: done.repaired === undefined ? null : basename(done.repaired), words: repairText(done) };
    },
  };
  const underWay = new Map<number, AbortController>();
  const answer = async ({ id, job, params }: Extract<ToLibrarian, { kind: 'job' }>, listener: Listener) => {
    try {
      host.send({ kind: 'done', id, result: await jobs[job](params as never, listener) });
    } catch (error) {
      const message =
        listener.signal?.aborted === true ? CANCELLED : error instanceof FileRefused ? error.sentence : (error as Error).message;
      host.send({ kind: 'failed', id, message });
    }
  };
  const work = async (message: Extract<ToLibrarian, { kind: 'job' }>) => {
    const cancellation = new AbortController();
    underWay.set(message.id, cancellation);
    await answer(message, { signal: cancellation.signal, onProgress: tellingNowAndThen(message.id) });
    underWay.delete(message.id);
  };
  const tellingNowAndThen = (id: number) => {
    let [phase, toldAt] = ['', -Infinity];
    return (step: WorkStep) => {
      const now = performance.now();
      if (step.phase === phase && now - toldAt < TELL_MS) return;
      [phase, toldAt] = [step.phase, now];
      host.send({ kind: 'progress', id, ...step });
    };
  };
  let last: Promise<void> = Promise.resolve();
  host.onMessage((message) => {
    if (message.kind === 'leave') {
      for (const cancellation of underWay.values()) cancellation.abort();
      return host.leave();
    }
    if (message.kind === 'cancel') return underWay.get(message.id)?.abort();
    if ((longJobs as readonly LibrarianJob[]).includes(message.job)) void work(message);
    else last = last.then(() => answer(message, {}));
  });
}

/** Recordings that are open, the one that was used last at the end. */
class Shelf {
  private readonly files = new Map<string, RecordingFile>();

  /** @throws FileRefused */
  take(path: string): RecordingFile {
    const file = this.files.get(path) ?? RecordingFile.open(path);
    this.files.delete(path);
    this.files.set(path, file);
    const [oldest] = this.files.keys();
    if (this.files.size > MOST_OPEN) this.drop(oldest!);
    return file;
  }
  drop(path: string): void {
    this.files.get(path)?.close();
    this.files.delete(path);
  }
}

const setupOf = ({ path, header }: RecordingFile) => recordedSetup(path, header);

const cameUp = ({ uprightFrom }: OpenedRecording['summary']): RecordedMoment[] =>
  Number.isFinite(uprightFrom) ? [{ time: uprightFrom, kind: 'upright', label: 'upright for good' }] : [];

function opened(summary: OpenedRecording['summary'], file: RecordingFile): OpenedRecording {
  const resolved = setupOf(file);
  return {
    summary,
    setup: describeSetup(resolved),
    settings: describeSettings(resolved, resolveSetup({ ...resolved.setup, values: {} }), {}),
    moments: [...file.moments(), ...cameUp(summary)].sort((a, b) => a.time - b.time),
    plans: file.plans,
  };
}

import { basename, join } from 'node:path';
import type { RecordingCalls, RecordingWork } from '../../shared/contract/contract';
import type { Setup } from '../../shared/setups/setup';
import { LibrarianClient, type LibrarianJobs, type LongJob, type WorkStep } from './librarianClient';
import type { Desktop, WorkbenchPorts } from './workbenchPorts';

/** The recordings as clients see them. It opens no file itself: a librarian does, on a thread of its own. */
export class LibraryService {
  private librarian: LibrarianClient;
  private readonly desktop: Desktop;
  private readonly now: () => number;
  /** A long job, one at a time. */
  private work: { readonly what: string; cancel(): void } | undefined;
  private readonly spawnIn: (folder: string) => LibrarianClient;

  /**
   * @param openFile the part file that is being written now
   * @param changed  hears that the folder has changed by what was done here
   * @param working  hears how a long job stands, and null when it has ended
   */
  constructor(
    { spawnLibrarian, desktop, version, now }: Pick<WorkbenchPorts, 'spawnLibrarian' | 'desktop' | 'version' | 'now'>,
    public folder: string,
    private readonly openFile: () => string | undefined,
    private readonly changed: () => void,
    private readonly working: (work: RecordingWork | null) => void,
  ) {
    this.now = now;
    this.spawnIn = (place) => new LibrarianClient(() => spawnLibrarian({ folder: place, software: version }));
    this.librarian = this.spawnIn(folder);
    this.desktop = desktop;
  }

  readonly calls: RecordingCalls = {
    recordings: () => this.librarian.ask('list', { openFile: this.openFile() }),
    openRecording: (params) => this.librarian.ask('open', params),
    recordedRows: (params) => this.librarian.ask('rows', params),
    recordedPlans: (params) => this.librarian.ask('plans', params),
    markRecording: async (params) => {
      await this.librarian.ask('mark', params);
      this.changed();
    },
    trashRecordings: async ({ names }) => {
      const files: string[] = [];
      for (const name of names) files.push(...(await this.librarian.ask('filesOf', { name })));
      const open = this.openFile();
      if (open !== undefined && files.includes(open))
        throw new Error('The recording that is being written cannot be deleted. Stop the run first.');
      try {
        await this.desktop.trash(files);
      } finally {
        this.changed(); // some of them may be gone
      }
    },
    importRecording: async (params) => {
      const done = await this.atWork(`Importing ${basename(params.path)}`, 'import', params);
      this.changed();
      return done;
    },
    exportRecording: (params) =>
      this.atWork(`Exporting ${params.name}`, 'export', { ...params, folder: join(this.folder, '..', 'exports') }),
    cancelRecordingWork: async () => this.work?.cancel(),
    recoverRecording: async (params) => {
      const done = await this.librarian.ask('recover', params);
      this.changed();
      return done;
    },
    showRecordings: () => this.desktop.show(this.folder),
    showRecording: async ({ name }) => {
      const [file] = await this.librarian.ask('filesOf', { name });
      await this.desktop.show(file!);
    },
  };

  private async atWork<J extends LongJob>(
    what: string,
    job: J,
    params: Parameters<LibrarianJobs[J]>[0],
  ): Promise<ReturnType<LibrarianJobs[J]>> {
    if (this.work !== undefined) throw new Error(`${this.work.what} is under way. Wait until it is done, or cancel it.`);
    let [phase, began] = ['', this.now()];
    const tell = ({ phase: now, done, total, unit }: WorkStep) => {
      if (now !== phase) [phase, began] = [now, this.now()];
      this.working({
        what: now === '' ? what : `${what}: ${now}`,
        done,
        total,
        unit,
        secondsLeft: secondsLeft(done, total, this.now() - began),
      });
    };
    const { result, cancel } = this.librarian.work(job, params, tell);
    this.work = { what, cancel };
    tell({ phase, done: 0, total: 0, unit: '' });
    try {
      return await result;
    } finally {
      this.work = undefined;
      this.working(null);
    }
  }

  setupOf(name: string): Promise<Setup> {
    return this.librarian.ask('setupOf', { name });
  }
  /** While the folder is moved nothing of it is held open. @param move  @returns where it is afterwards, moved or not */
  async whileClosed(move: () => Promise<string>): Promise<void> {
    await this.librarian.close();
    try {
      this.folder = await move();
    } finally {
      this.librarian = this.spawnIn(this.folder);
      this.changed();
    }
  }
  async close(): Promise<void> {
    await this.librarian.close();
  }
}

/** By the rule of three, once there is something to go by. */
function secondsLeft(done: number, total: number, ms: number): number | null {
  return done > 0 && done < total && ms > 500 ? (ms / 1000) * (total / done - 1) : null;
}

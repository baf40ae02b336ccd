import { join } from 'node:path';
import type { RecordingCalls } from '../../shared/contract/contract';
import type { Setup } from '../../shared/setups/setup';
import { LibrarianClient } from './librarianClient';
import type { Desktop, WorkbenchPorts } from './workbenchPorts';

/** The recordings as clients see them. It opens no file itself: a librarian does, on a thread of its own. */
export class LibraryService {
  private librarian: LibrarianClient;
  private readonly desktop: Desktop;
  private readonly spawnIn: (folder: string) => LibrarianClient;
  /** The part file that is being written now. */
  openFile: string | undefined;

  /** @param changed  hears that the folder has changed by what was done here */
  constructor(
    { spawnLibrarian, desktop, version }: Pick<WorkbenchPorts, 'spawnLibrarian' | 'desktop' | 'version'>,
    public folder: string,
    private readonly changed: () => void,
  ) {
    this.spawnIn = (place) => new LibrarianClient(() => spawnLibrarian({ folder: place, software: version }));
    this.librarian = this.spawnIn(folder);
    this.desktop = desktop;
  }

  readonly calls: RecordingCalls = {
    recordings: () => this.librarian.ask('list', { openFile: this.openFile }),
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
      const open = files.find((file) => file === this.openFile);
      if (open !== undefined) throw new Error('The recording that is being written cannot be deleted. Stop the run first.');
      try {
        await this.desktop.trash(files);
      } finally {
        this.changed(); // some of them may be gone
      }
    },
    importRecording: async (params) => {
      const done = await this.librarian.ask('import', params);
      this.changed();
      return done;
    },
    exportRecording: (params) => this.librarian.ask('export', { ...params, folder: join(this.folder, '..', 'exports') }),
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

import { readdir, stat } from 'node:fs/promises';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Library, RecordingMarks, RecordingSummary } from '../../../shared/episodes/library';
import { FileRefused } from '../../../shared/recordings/refusal';
import { freeBytesIn } from '../diskWatch';
import { leftPartsAmong } from '../episodeFiles';
import { markFilesOf, readMarks, writeMarks } from './marks';
import { summaryOf, unreadSummary, type FileSummary } from './summary';
import { SummaryCache } from './summaryCache';

/** A folder of recordings: what is in it, and the words that people put to it. Nothing here changes a recording. */
export class LibraryFolder {
  private readonly cache: SummaryCache;

  /** @param openFile  the part file that is being written now */
  constructor(
    readonly folder: string,
    private readonly openFile: () => string | undefined = () => undefined,
  ) {
    this.cache = new SummaryCache(folder);
  }

  /** Newest first. A folder that is not there is empty. */
  async list(): Promise<Library> {
    this.cache.read();
    const names = await this.names();
    const recordings: RecordingSummary[] = [];
    for (const name of names) {
      const found = await this.summaryNow(name);
      if (found !== undefined) recordings.push(found);
    }
    this.cache.keep(new Set(names));
    await this.cache.write();
    recordings.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : a.name < b.name ? 1 : -1));
    return {
      folder: this.folder,
      bytes: recordings.reduce((sum, { bytes }) => sum + bytes, 0),
      freeBytes: freeBytesIn(existsSync(this.folder) ? this.folder : join(this.folder, '..')),
      recordings,
    };
  }
  /** @throws FileRefused when the folder has no such recording */
  async summary(name: string): Promise<RecordingSummary> {
    const path = this.pathOf(name);
    return (await this.summaryNow(name)) ?? refuse(path, 'there is no such recording');
  }
  /** @throws FileRefused */
  async mark(name: string, marks: RecordingMarks): Promise<void> {
    await writeMarks(this.pathOf(name), marks);
  }
  /** The recording, and what stands beside it. @throws FileRefused */
  filesOf(name: string): string[] {
    const path = this.pathOf(name);
    return [path, ...markFilesOf(path)];
  }
  /** @throws FileRefused for what is not the name of a recording in this folder */
  pathOf(name: string): string {
    const path = join(this.folder, name);
    const isName = name === basename(name) && !name.includes('\\') && !name.includes('\0') && /^[^.].*\.mcap(\.part)?$/s.test(name);
    if (!isName || !isFile(path)) refuse(JSON.stringify(name.slice(0, 100)), 'there is no such recording in this folder');
    return path;
  }

  /** Recordings, whole or not; a part whose whole one is there has been recovered. */
  private async names(): Promise<string[]> {
    const all = await readdir(this.folder).catch(() => []);
    return [...all.filter((name) => name.endsWith('.mcap') && !name.startsWith('.')), ...leftPartsAmong(all)];
  }
  /** Undefined when it has gone meanwhile. */
  private async summaryNow(name: string): Promise<RecordingSummary | undefined> {
    const path = join(this.folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const key = `${found.size} ${found.mtimeMs}`;
    let summary: FileSummary | undefined;
    if (path === this.openFile()) summary = unreadSummary(path, found, 'open', 'It is being recorded.');
    else summary = this.cache.find(name, key);
    if (summary === undefined) {
      summary = summaryOf(path, found);
      if (!existsSync(path)) return undefined; // the recorder renames its part file when an episode ends
      this.cache.put(name, key, summary);
      await setImmediate(); // others have their turn between two files
    }
    return { ...summary, marks: readMarks(path) };
  }
}

/** A folder may bear the name of a recording, and would be deleted under it. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // or a name that is too long for any file
  }
}

function refuse(path: string, what: string): never {
  throw new FileRefused(path, 'missing', what, 'Look at the list again.');
}

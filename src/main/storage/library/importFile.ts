import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ExportForm } from '../../../shared/contract/contract';
import { EPISODE_FORMAT } from '../../../shared/episodes/record';
import { HEADER_METADATA } from '../../../shared/episodes/topics';
import { FileRefused } from '../../../shared/recordings/refusal';
import { convertFile } from '../convert/convertFile';
import { kindOf } from '../convert/kinds';
import { readTable, type Listener } from '../convert/readTable';
import { EpisodeFiles } from '../episodeFiles';
import { makeFolder } from '../makeFolder';
import { readMcapInSteps } from '../mcap/readMcap';
import { episodeFromTable } from './episodeFromTable';

/** What came of an import or an export. */
export interface Carried {
  /** The file that was written. */
  readonly path: string;
  /** What was assumed or left out, a sentence each. */
  readonly notes: readonly string[];
}
interface Written {
  readonly software: string;
  /** Wall clock, ISO 8601 in UTC. */
  readonly startedAt: string;
}
const MOST_OF_A_NAME = 10_000;

/**
 * Takes a file of others, or a recording of ours from elsewhere, into the folder of recordings.
 *
 * @param path  a table (.csv, .parquet) in the plain form, or a recording (.mcap)
 * @throws FileRefused in words; WritingFailed when the folder takes no more; what the signal says when it is aborted
 */
export async function importFile(path: string, folder: string, written: Written, listener: Listener = {}): Promise<Carried> {
  const kind = kindOf(path);
  if (kind === undefined)
    throw new FileRefused(path, 'kind', 'this is no table (.csv, .parquet) and no recording (.mcap)', 'Name one of these.');
  await makeFolder(folder);
  listener.signal?.throwIfAborted();
  const stem = basename(path, extname(path));
  if (kind === 'mcap' && (await isOurs(path, listener))) {
    const to = freePath(folder, stem, '.mcap');
    const { losses } = await convertFile({ from: path, to, library: `upright ${written.software}`, ...listener });
    return { path: to, notes: losses };
  }
  const assumed: string[] = [];
  const table = await readTable(path, undefined, { ...listener, onNote: ({ text }) => void assumed.push(text) });
  listener.signal?.throwIfAborted();
  let trouble = '';
  // whoever lists the recordings meanwhile sees no part of it, and what fails leaves nothing behind
  const aside = await mkdtemp(join(folder, '.import-'));
  const files = new EpisodeFiles(
    aside,
    () => stem,
    (text) => (trouble = text),
  );
  try {
    const losses = await episodeFromTable(path, table, files, written, listener);
    const [whole] = files.written;
    if (whole === undefined) throw new Error(trouble === '' ? `${path} could not be imported.` : trouble);
    const to = freePath(folder, basename(whole, '.mcap'), '.mcap');
    await rename(whole, to);
    return { path: to, notes: [...assumed, ...table.losses, ...losses] };
  } finally {
    files.abandon();
    await rm(aside, { recursive: true, force: true });
  }
}
async function isOurs(path: string, { signal }: Listener): Promise<boolean> {
  const { metadata } = await readMcapInSteps(path, undefined, () => signal?.throwIfAborted());
  return metadata.find(({ name }) => name === HEADER_METADATA)?.values['format'] === EPISODE_FORMAT;
}

/**
 * Writes a recording of ours in another form into a folder; a number follows where the name is taken.
 * @throws as `convertFile` does
 */
export async function exportFile(
  path: string,
  form: ExportForm,
  folder: string,
  software: string,
  listener: Listener = {},
): Promise<Carried> {
  const to = freePath(folder, basename(path, extname(path)), `.${form}`);
  const { losses } = await convertFile({ from: path, to, library: `upright ${software}`, ...listener });
  return { path: to, notes: losses };
}

function freePath(folder: string, stem: string, ending: string): string {
  for (let copy = 1; copy < MOST_OF_A_NAME; copy++) {
    const path = join(folder, `${copy === 1 ? stem : `${stem}_${copy}`}${ending}`);
    if (!existsSync(path)) return path;
  }
  throw new Error(`There are ${MOST_OF_A_NAME} files "${stem}${ending}" in ${folder}. Clear some away.`);
}

import type { Stats } from 'node:fs';
import { basename } from 'node:path';
import type { RecordedRows, Telemetry } from '../../../shared/contract/contract';
import { bases } from '../../../shared/controllers/controller';
import type { RecordingState, RecordingSummary } from '../../../shared/episodes/library';
import type { EpisodeHeader } from '../../../shared/episodes/record';
import { HEADER_METADATA } from '../../../shared/episodes/topics';
import { LastingJudge } from '../../../shared/learning/lasting';
import { FileRefused } from '../../../shared/recordings/refusal';
import { setupHash } from '../../../shared/setups/setupHash';
import { readMcap } from '../mcap/readMcap';
import { checkSetup } from '../setupFile';
import { inWords, recordedHeader } from './recordedHeader';
import { RecordingFile } from './recordingFile';

/** Rows that are read of a recording to say what it was; of a longer one evenly chosen ones. */
const MOST_ROWS = 20_000;
const FEW_ROWS = 2_000;
/** How much a line holds, whatever a file says: characters of a name and of a sentence, values of the thumbnail. */
export const summaryLimits = { word: 200, sentence: 1000, thumbnail: 96 } as const;
const RANDOM = bases.indexOf('random');

/** Everything but the marks, which stand in another file. */
export type FileSummary = Omit<RecordingSummary, 'marks'>;
/** Of the file as it was found: a recorder may rename it meanwhile. */
type FoundFile = Pick<Stats, 'size' | 'mtime'>;

/** What is known of a file that nobody has looked into. */
export function unreadSummary(path: string, { size, mtime }: FoundFile, state: RecordingState, reason: string): FileSummary {
  return {
    name: basename(path),
    state,
    reason,
    bytes: size,
    startedAt: mtime.toISOString(),
    rig: '',
    plant: '',
    setup: '',
    hash: '',
    seed: 0,
    episode: 0,
    software: '',
    period: 0,
    rows: 0,
    seconds: 0,
    cost: NaN,
    uprightFrom: NaN,
    random: false,
    ended: '',
    thumbnail: new Float32Array(0),
  };
}

/** What a file of the folder says of itself. Never throws: what is wrong with it, or that it has gone, stands in its reason. */
export function summaryOf(path: string, found: FoundFile): FileSummary {
  const unknown = unreadSummary(path, found, 'refused', '');
  try {
    return path.endsWith('.part') ? partSummary(path, unknown) : wholeSummary(path, unknown);
  } catch (error) {
    return { ...unknown, ...whyNot(path, inWords(path, error)) };
  }
}

function wholeSummary(path: string, unknown: FileSummary): FileSummary {
  const file = RecordingFile.open(path);
  try {
    const { header, rows, seconds } = file;
    const isShort = rows <= MOST_ROWS;
    const read = file.rowsBetween(0, seconds, isShort ? MOST_ROWS : FEW_ROWS);
    return {
      ...unknown,
      ...saidByHeader(header),
      state: 'whole',
      rows,
      seconds,
      cost: isShort ? costOf(read.rows) : NaN,
      uprightFrom: uprightFrom(header, read),
      random: isRandom(read.rows),
      ended: file.ended().slice(0, summaryLimits.sentence),
      thumbnail: thumbnailOf(header, read.rows),
    };
  } finally {
    file.close();
  }
}

/** Of a part file its head: what it holds is known when somebody recovers it. */
function partSummary(path: string, unknown: FileSummary): FileSummary {
  const reason = 'It was left in the middle, as by a crash; what was written can be recovered.';
  const { metadata, messages, firstTime, lastTime } = readMcap(path, undefined);
  const texts = metadata.find(({ name }) => name === HEADER_METADATA)?.values;
  if (texts === undefined)
    return {
      ...unknown,
      state: messages > 0 ? 'part' : 'refused',
      reason: messages > 0 ? reason : 'It was left before anything was written.',
    };
  const header = recordedHeader(texts);
  const isEmpty = firstTime === undefined || lastTime === undefined;
  const seconds = isEmpty ? 0 : Number(lastTime - firstTime) / 1e9;
  const rows = isEmpty ? 0 : Math.round(seconds / header.period) + 1; // one at its beginning, too
  return { ...unknown, ...saidByHeader(header), state: 'part', reason, rows, seconds };
}

function saidByHeader(header: EpisodeHeader): Partial<FileSummary> {
  const setup = checkSetup(header.setup);
  return {
    startedAt: new Date(header.startedAt).toISOString(), // by which the list is sorted
    rig: header.rig,
    plant: header.plant,
    episode: header.episode,
    software: header.software,
    period: header.period,
    ...(typeof setup === 'string' ? {} : { setup: setup.name, seed: setup.seed, hash: setupHash(setup) }),
  };
}

/** Why a file is no line like the others. */
function whyNot(path: string, error: unknown): { readonly state: RecordingState; readonly reason: string } {
  if (!(error instanceof FileRefused))
    return { state: 'refused', reason: `It cannot be read: ${(error as Error).message}.`.slice(0, summaryLimits.sentence) };
  const state = path.endsWith('.part') ? 'part' : error.code === 'cut' || error.code === 'damaged' ? 'damaged' : 'refused';
  return { state, reason: error.sentence.replace(`${path}: `, '').slice(0, summaryLimits.sentence) };
}

function costOf({ costs, count }: Telemetry): number {
  const terms = count === 0 ? 0 : costs.length / count;
  let sum = 0;
  for (let i = terms; i < costs.length; i++) sum += costs[i]!; // no stage led to the first row
  return Number.isFinite(sum) ? sum : NaN;
}
const angleOf = ({ channels }: EpisodeHeader): number => channels.findIndex(({ wraps }) => wraps);

function uprightFrom(header: EpisodeHeader, { rows }: RecordedRows): number {
  const angle = angleOf(header);
  if (angle < 0) return NaN;
  const judge = new LastingJudge();
  for (let row = 0; row < rows.count; row++) judge.see(rows.times[row]!, rows.states[row * header.channels.length + angle]!);
  return judge.lastingFrom ?? NaN;
}
function isRandom({ basis, count }: Telemetry): boolean {
  let random = 0;
  for (let row = 0; row < count - 1; row++) if (basis[row] === RANDOM) random++;
  return count > 1 && random === count - 1;
}
function thumbnailOf(header: EpisodeHeader, { states, count }: Telemetry): Float32Array {
  const size = header.channels.length;
  const angle = Math.max(0, angleOf(header));
  const points = Math.min(summaryLimits.thumbnail, count);
  return Float32Array.from({ length: points }, (_, i) => {
    const row = points < 2 ? 0 : Math.round((i * (count - 1)) / (points - 1));
    const value = states[row * size + angle]!;
    return value - 2 * Math.PI * Math.round(value / (2 * Math.PI));
  });
}

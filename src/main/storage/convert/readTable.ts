import { EPISODE_FORMAT } from '../../../shared/episodes/record';
import { HEADER_METADATA, topics as ourTopics } from '../../../shared/episodes/topics';
import type { Note } from '../../../shared/recordings/refusal';
import { readEpisodeFile } from '../readEpisodeFile';
import { readCsvTable } from '../tables/csvTable';
import { episodeTable } from '../tables/episodeTable';
import { jointUnitsNote } from '../tables/jointTable';
import { readMcapTable, topicsOfMcap, type McapTopics } from '../tables/mcapTable';
import { readParquetTable } from '../tables/parquetTable';
import type { Table } from '../tables/table';
import { kindOf } from './kinds';

/** How a piece of work stands. */
export interface Step {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
}
/** Whoever wants a table: hears how it goes on, and may end it. */
export interface Listener {
  /** Aborted: the work ends between two pieces with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: Step) => void) | undefined;
  /** Hears what was recognised or assumed on the way. */
  readonly onNote?: ((note: Note) => void) | undefined;
}

/** Topics that a recording does not have, or too many for a table: the caller's words are wrong, not the file. */
export class TopicsRefused extends Error {
  constructor(
    readonly why: 'several' | 'unknown',
    /** All that were named; or the one that is not there. */
    readonly named: readonly string[],
    readonly known: readonly string[],
  ) {
    super(
      why === 'several'
        ? `A table has one kind of row, and ${named.length} topics are named (${listOf(named)}).`
        : `The recording has no topic "${named[0]!.slice(0, 60)}".`,
    );
    this.name = 'TopicsRefused';
  }
}

/**
 * Reads any file that can be a table; what was assumed on the way becomes a note.
 *
 * @param wanted  topics of a recording; undefined: the one to take is found
 * @throws FileRefused; TopicsRefused; what the signal says when it is aborted
 */
export async function readTable(from: string, wanted: readonly string[] | undefined, listener: Listener): Promise<Table> {
  const { signal, onProgress, onNote } = listener;
  const kind = kindOf(from);
  if (kind === 'mcap') return readRecordingTable(from, wanted, listener);
  if (kind === 'parquet')
    return readParquetTable(from, (done, total) => {
      signal?.throwIfAborted();
      onProgress?.({ phase: 'read', done, total, unit: 'column' });
    });
  onProgress?.({ phase: 'read', done: 0, total: 1, unit: 'file' });
  const { table, notes } = await readCsvTable(from, signal);
  for (const note of notes) onNote?.(note);
  return table;
}

async function readRecordingTable(from: string, wanted: readonly string[] | undefined, listener: Listener): Promise<Table> {
  if (wanted !== undefined && wanted.length > 1) throw new TopicsRefused('several', wanted, []);
  const step = stepOf(listener);
  const found = await topicsOfMcap(from, step);
  if (wanted !== undefined) mustBeThere(wanted, found);
  const isOurs = found.content.metadata.find(({ name }) => name === HEADER_METADATA)?.values['format'] === EPISODE_FORMAT;
  const topic = wanted?.[0] ?? (isOurs ? ourTopics.telemetry.topic : found.counts[0]?.[0]) ?? found.content.topics[0]?.topic ?? '';
  if (isOurs && topic === ourTopics.telemetry.topic) return episodeTable(readEpisodeFile(from));
  if (wanted === undefined && found.counts.length > 1) {
    const text = `The topic "${topic}" has most messages and was taken; there are ${listOf(found.counts.map(([name]) => name))}.`;
    listener.onNote?.({ code: 'topicAssumed', text });
  }
  if (found.joints.has(topic)) listener.onNote?.(jointUnitsNote);
  return readMcapTable(from, topic, found, step);
}

/** @throws TopicsRefused, FileRefused */
export async function checkTopics(from: string, wanted: readonly string[], listener: Listener): Promise<void> {
  mustBeThere(wanted, await topicsOfMcap(from, stepOf(listener)));
}
function mustBeThere(wanted: readonly string[], { content, counts }: McapTopics): void {
  const known = [...new Set([...counts.map(([name]) => name), ...content.topics.map(({ topic }) => topic)])];
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined) throw new TopicsRefused('unknown', [missing], known);
}

const stepOf =
  ({ signal, onProgress }: Listener) =>
  (done: number, total: number) => {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'read', done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB' });
  };
/** The first few names, quoted. */
export const listOf = (names: readonly string[]): string =>
  names
    .slice(0, 8)
    .map((name) => `"${name.slice(0, 60)}"`)
    .join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');

import { EPISODE_FORMAT } from '../../../../shared/episodes/record';
import { HEADER_METADATA, topics as ourTopics } from '../../../../shared/episodes/topics';
import { readEpisodeFile } from '../../../storage/readEpisodeFile';
import { readCsvTable } from '../../../storage/tables/csvTable';
import { episodeTable } from '../../../storage/tables/episodeTable';
import { readMcapTable, topicsOfMcap, type McapTopics } from '../../../storage/tables/mcapTable';
import { isParquet, readParquetTable } from '../../../storage/tables/parquetTable';
import type { Table } from '../../../storage/tables/table';
import type { World } from '../../command';
import { didYouMean } from '../../nearest';
import { Cancelled, UsageError } from '../../refusals';
import { isRecording } from '../episodeOfFile';

/**
 * Reads any file that can be a table; what was assumed on the way becomes a warning.
 *
 * @param wanted  topics of a recording; undefined: the one to take is found
 * @throws FileRefused, UsageError for topics that are not there or are too many, Cancelled
 */
export async function readTable(from: string, wanted: readonly string[] | undefined, world: World): Promise<Table> {
  if (isRecording(from)) return readRecordingTable(from, wanted, world);
  if (isParquet(from))
    return readParquetTable(from, (done, total) => {
      if (world.signal.aborted) throw new Cancelled();
      world.progress.report({ phase: 'read', done, total, unit: 'column' });
    });
  world.progress.report({ phase: 'read', done: 0, total: 1, unit: 'file' });
  const { table, notes } = await readCsvTable(from, world.signal);
  for (const { code, text } of notes) world.warn({ code, text, file: from });
  return table;
}

async function readRecordingTable(from: string, wanted: readonly string[] | undefined, world: World): Promise<Table> {
  if (wanted !== undefined && wanted.length > 1)
    throw new UsageError(
      'value',
      `A table has one kind of row, and --topics names ${wanted.length} (${listOf(wanted)}).`,
      'Name one topic, or write .mcap.',
    );
  const found = await topicsOf(from, world);
  if (wanted !== undefined) mustBeThere(wanted, found);
  const isOurs = found.content.metadata.find(({ name }) => name === HEADER_METADATA)?.values['format'] === EPISODE_FORMAT;
  const topic = wanted?.[0] ?? (isOurs ? ourTopics.telemetry.topic : found.counts[0]?.[0]) ?? found.content.topics[0]?.topic ?? '';
  if (isOurs && topic === ourTopics.telemetry.topic) return episodeTable(readEpisodeFile(from));
  if (wanted === undefined && found.counts.length > 1) {
    const text = `The topic "${topic}" has most messages and was taken; there are ${listOf(found.counts.map(([name]) => name))}. Say --topics NAME.`;
    world.warn({ code: 'topicAssumed', text, file: from });
  }
  return readMcapTable(from, topic, found, stepOf(world));
}

/** @throws UsageError with the nearest known name, FileRefused */
export async function checkTopics(from: string, wanted: readonly string[], world: World): Promise<void> {
  mustBeThere(wanted, await topicsOf(from, world));
}
function mustBeThere(wanted: readonly string[], { content, counts }: McapTopics): void {
  const known = [...new Set([...counts.map(([name]) => name), ...content.topics.map(({ topic }) => topic)])];
  const missing = wanted.find((name) => !known.includes(name));
  if (missing !== undefined)
    throw new UsageError('unknownId', `The recording has no topic "${missing.slice(0, 60)}".`, didYouMean(missing, known.slice(0, 40)));
}

const topicsOf = (from: string, world: World): Promise<McapTopics> => topicsOfMcap(from, stepOf(world));
const stepOf = (world: World) => (done: number, total: number) => {
  if (world.signal.aborted) throw new Cancelled();
  world.progress.report({ phase: 'read', done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB' });
};
/** The first few names, quoted. */
export const listOf = (names: readonly string[]): string =>
  names
    .slice(0, 8)
    .map((name) => `"${name.slice(0, 60)}"`)
    .join(', ') + (names.length > 8 ? ` and ${names.length - 8} more` : '');

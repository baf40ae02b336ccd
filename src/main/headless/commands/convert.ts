import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { WritingFailed } from '../../storage/mcap/partFile';
import { copyMcap } from '../../storage/mcap/copyMcap';
import { csvLosses, csvText } from '../../storage/tables/csvText';
import { parquetBytes, parquetLosses } from '../../storage/tables/parquetBytes';
import { mcapLosses, tableMcap } from '../../storage/tables/tableMcap';
import type { Table } from '../../storage/tables/table';
import { writeInPieces } from '../../storage/wholeFile';
import { defineCommand, type Call, type Ending, type World } from '../command';
import { text } from '../flags';
import { Cancelled, LackingError, UsageError } from '../refusals';
import { checkTopics, listOf, readTable } from './convert/readTable';
import { isRecording } from './episodeOfFile';

const flags = {
  topics: text({
    placeholder: 'NAME[,NAME]',
    otherwise: 'the only one or the one with most messages for a table, all for .mcap',
    meaning: 'Topics of IN (.mcap) to take; a table takes one.',
  }),
};

interface Form {
  /** The file, piece by piece. @param library  the program and its version */
  pieces(table: Table, from: string, library: string): Iterable<Uint8Array | string>;
  /** What the form loses of a table, a sentence each. */
  losses(table: Table): string[];
}
/** What a table becomes, by the ending of its name. */
const forms: Readonly<Record<string, Form>> = {
  '.csv': { pieces: csvText, losses: csvLosses },
  '.parquet': { pieces: (table) => [parquetBytes(table)], losses: parquetLosses },
  '.mcap': { pieces: tableMcap, losses: mcapLosses },
};

export const convertCommand = defineCommand({
  name: 'convert',
  purpose: 'Writes a recording or a table in another form (.csv, .parquet, .mcap), and says what that loses.',
  arguments: [
    { name: 'IN', meaning: 'A recording (.mcap, of ours or with JSON messages) or a table (.csv, .parquet).', least: 1, most: 1 },
    { name: 'OUT', meaning: 'The file to write; its ending (.csv, .parquet, .mcap) says the form.', least: 1, most: 1 },
  ],
  flags,
  example: 'upright convert recordings/pendulum.mcap pendulum.csv',
  notes: [
    'Of an episode of ours a row is a control period: time, the estimates under the ids of their channels, and action, the one that acted from this row on, so that upright fit reads the CSV or Parquet without a mapping. Of any other topic a row is a message, its fields as group.field and list.0, and logTime is the time of the log in s.',
    'Numbers keep every bit, NaN, infinities and signed zeros too. A column of a CSV file holds numbers when every field of it that is not empty is one; an empty field is a missing value. A table becomes one topic /table, with the time of the log from its column time or logTime, else from the number of the row.',
    'Every loss is a sentence. A file that is there is not written over, and what fails leaves nothing behind.',
  ],
  async run(call) {
    const [from, to] = call.arguments as [string, string];
    const form = forms[extname(to).toLowerCase()];
    if (form === undefined)
      throw new UsageError('value', `${to} is none of ${Object.keys(forms).join(', ')}.`, 'Name a file with one of these endings.');
    if (!isRecording(from) && !/\.(csv|parquet)$/i.test(from))
      throw new UsageError('value', `${from} is no recording (.mcap) and no table (.csv, .parquet).`, 'Name one, or give it its ending.');
    const topics = topicsOf(call, from);
    if (existsSync(to)) throw new UsageError('value', `${to} is there already.`, 'Name another file, or delete it.');
    try {
      return isRecording(from) && /\.mcap$/i.test(to) ? await copied(call, from, to, topics) : await written(call, form, from, to, topics);
    } catch (error) {
      if (error instanceof WritingFailed) throw new LackingError('storage', `${error.path}: ${error.what}.`, error.remedy);
      throw error;
    }
  },
});

async function written({ world }: Call<typeof flags>, form: Form, from: string, to: string, topics: readonly string[] | undefined) {
  const table = await readTable(from, topics, world);
  world.progress.report({ phase: 'write', done: 0, total: table.rows, unit: 'row' });
  await writeInPieces(to, async (file) => {
    for (const piece of form.pieces(table, from, `upright ${world.version}`)) {
      file.append(typeof piece === 'string' ? Buffer.from(piece) : piece);
      await setImmediate(); // lets a signal in
      stopIfAsked(world);
    }
  });
  const losses = [...table.losses, ...form.losses(table)];
  return ending(from, to, { rows: table.rows, columns: table.columns.length }, `${table.rows} rows`, losses);
}

async function copied({ world }: Call<typeof flags>, from: string, to: string, topics: readonly string[] | undefined): Promise<Ending> {
  if (topics !== undefined) await checkTopics(from, topics, world);
  let copy: Awaited<ReturnType<typeof copyMcap>> | undefined;
  await writeInPieces(to, async (file) => {
    copy = await copyMcap(from, topics, file, `upright ${world.version}`, (done, total) => {
      stopIfAsked(world);
      world.progress.report({ phase: 'copy', done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB' });
    });
    stopIfAsked(world);
  });
  const { messages, topics: count, losses } = copy!;
  return ending(from, to, { rows: messages, columns: null, topics: count }, `${messages} messages`, losses);
}

function ending(
  from: string,
  to: string,
  counts: Readonly<Record<string, number | null>>,
  what: string,
  losses: readonly string[],
): Ending {
  return {
    exit: 0,
    document: { from, to, ...counts, lossless: losses.length === 0, losses },
    text: [`${to}: ${what}.`, ...losses].join('\n'),
  };
}

/** What `--topics` names; whether they are there is judged where the file is read. */
function topicsOf({ flags: { topics } }: Call<typeof flags>, from: string): readonly string[] | undefined {
  if (topics === undefined) return undefined;
  if (!isRecording(from)) throw new UsageError('value', `--topics is for recordings (.mcap); ${from} is a table.`, 'Leave --topics out.');
  const names = topics.split(',').map((name) => name.trim());
  const wrong = names.find((name, i) => name === '' || names.indexOf(name) !== i);
  if (wrong !== undefined) throw new UsageError('value', `--topics ${listOf(names)} names a topic twice, or none.`, 'Name each once.');
  return names;
}

function stopIfAsked({ signal }: World): void {
  if (signal.aborted) throw new Cancelled();
}

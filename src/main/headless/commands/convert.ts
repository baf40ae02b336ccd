import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { writeWhole } from '../../storage/atomicFile';
import { readEpisodeFile } from '../../storage/readEpisodeFile';
import { csvLosses, csvText } from '../../storage/tables/csvText';
import { episodeTable } from '../../storage/tables/episodeTable';
import { parquetBytes } from '../../storage/tables/parquetBytes';
import type { Table } from '../../storage/tables/table';
import { defineCommand } from '../command';
import { UsageError } from '../refusals';
import { isRecording } from './episodeOfFile';

/** What a table becomes, by the ending of its name. */
const forms: Readonly<Record<string, { readonly bytes: (table: Table) => Uint8Array; readonly losses: (table: Table) => string[] }>> = {
  '.csv': { bytes: (table) => Buffer.from([...csvText(table)].join('')), losses: csvLosses },
  '.parquet': { bytes: parquetBytes, losses: () => [] },
};

export const convertCommand = defineCommand({
  name: 'convert',
  purpose: 'Writes a recording as CSV or Parquet, and says what that loses.',
  arguments: [
    { name: 'IN', meaning: 'A recording of an episode (.mcap).', least: 1, most: 1 },
    { name: 'OUT', meaning: 'The file to write; its ending (.csv, .parquet) says the form.', least: 1, most: 1 },
  ],
  flags: {},
  example: 'upright convert recordings/pendulum.mcap pendulum.csv',
  notes: [
    'A row is a control period: time, the estimates under the ids of their channels, and action, the one that acted from this row on, so that upright fit reads the CSV without a mapping. Numbers keep every bit. A file that is there is not written over.',
  ],
  async run({ arguments: [from, to], world }) {
    const form = forms[extname(to!).toLowerCase()];
    if (form === undefined)
      throw new UsageError('value', `${to} is none of ${Object.keys(forms).join(', ')}.`, 'Name a file with one of these endings.');
    if (!isRecording(from!))
      throw new UsageError('value', `${from} is no recording of an episode (.mcap).`, 'Name one; other files cannot be converted yet.');
    if (existsSync(to!)) throw new UsageError('value', `${to} is there already.`, 'Name another file, or delete it.');
    const table = episodeTable(readEpisodeFile(from!));
    world.progress.report({ phase: 'write', done: 0, total: table.rows, unit: 'row' });
    await writeWhole(to!, form.bytes(table));
    const losses = [...table.losses, ...form.losses(table)];
    return {
      exit: 0,
      document: { from, to, rows: table.rows, columns: table.columns.length, lossless: losses.length === 0, losses },
      text: [`${to}: ${table.rows} rows.`, ...losses].join('\n'),
    };
  },
});

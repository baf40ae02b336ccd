import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { readLog } from '../../../src/main/storage/readLog';
import { csvText } from '../../../src/main/storage/tables/csvText';
import { episodeTable } from '../../../src/main/storage/tables/episodeTable';
import { parquetBytes } from '../../../src/main/storage/tables/parquetBytes';
import type { Table } from '../../../src/main/storage/tables/table';
import { readHeader, headerTexts, type EpisodeHeader, type RecordedPeriod } from '../../../src/shared/episodes/record';
import type { RecordedEpisode } from '../../../src/shared/episodes/readEpisode';
import { pendulum } from '../../../src/shared/plants';
import { readRecordingSpec } from '../../../src/shared/recordings/recordingSpec';

const header: EpisodeHeader = {
  software: '0.1.0',
  startedAt: '2026-11-27T10:00:00.000Z',
  rig: 'simulated',
  episode: 0,
  period: 0.05,
  plant: 'pendulum',
  channels: [
    { id: 'angle', label: 'Angle', unit: 'rad', wraps: true, limits: [null, null] },
    { id: 'rate', label: 'Rate', unit: 'rad/s', wraps: false, limits: [null, null] },
  ],
  action: { id: 'torque', label: 'Torque', unit: 'N m', limit: 2 },
  costs: ['angle'],
  setup: { name: 'a "name", with\nall sorts' },
  plan: { seconds: 8, randomSeconds: 0.5, replan: 'everyPeriod' },
};
const awkward = [0.1 + 0.2, -0, 5e-324, 1.7976931348623157e308, -1 / 3, Math.PI];
const periods: RecordedPeriod[] = awkward.map((value, step) => ({
  step,
  time: step * 0.05,
  rigTime: step * 0.05,
  hostTime: 1e9 + value,
  positions: step === 0 ? [value] : [value, -value],
  applied: value / 7,
  state: [value, -value],
  truth: [value, value],
  costs: [value],
  explore: step < 2,
  hasModel: step > 0,
  ...(step === awkward.length - 1
    ? {}
    : {
        decided: {
          chosen: value,
          sent: -value,
          basis: step < 2 ? 'random' : 'a,"b"',
          verdict: 'passed',
          planAge: -1,
          allowed: true,
          planMs: step === 3 ? 1.5 : null,
          latenessMs: null,
        },
      }),
}));
const episode: RecordedEpisode = {
  header,
  periods,
  plans: [{ id: 1, step: 1, actsFrom: 2, actions: [1], cost: 2, before: 1 }],
  events: [],
  timings: [],
  fanCount: 0,
  fans: [],
};
const table = episodeTable(episode);
const column = (name: string) => table.columns.find((one) => one.name === name)!;

test('a row is a period; what acted from it on is its action', () => {
  expect(table.rows).toBe(6);
  expect([...(column('action').values as Float64Array)]).toEqual([...awkward.slice(1).map((value) => value / 7), 0]);
  expect(column('action').unit).toBe('N m');
  const fuller = { ...episode, fanCount: 3, events: [{ step: 5, kind: 'end' as const, text: 'Over.', before: 6 }] };
  expect(episodeTable(fuller).losses[0]).toBe('A table has no place for 1 plan, 3 fans and 1 event.');
  expect(table.losses).toEqual(['A table has no place for 1 plan.', 'Nothing acted after the last row; its action is 0.']);
});

/** What stands in a cell, missing values as null. */
const cell = (one: Table['columns'][number], row: number) => (one.kind === 'number' && one.missing?.[row] === 1 ? null : one.values[row]!);

test('Parquet gives every number, word and gap back to the last bit, and the header', async () => {
  const bytes = parquetBytes(table);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file });
  expect(rows).toHaveLength(6);
  rows.forEach((found, row) => {
    for (const one of table.columns) expect([one.name, found[one.name] ?? null]).toEqual([one.name, cell(one, row)]);
  });
  const texts = Object.fromEntries(parquetMetadata(file).key_value_metadata!.map(({ key, value }) => [key, value!]));
  expect(readHeader(texts)).toEqual(readHeader(headerTexts(header)));
  expect(JSON.parse(texts['units']!)).toMatchObject({ time: 's', angle: 'rad', action: 'N m' });
});

test('our own reader takes the CSV without a mapping and finds the same numbers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upright-tables-'));
  try {
    const path = join(folder, 'episode.csv');
    writeFileSync(path, [...csvText(table)].join(''));
    const { log, plain } = await readLog(readRecordingSpec(path), [], [], pendulum);
    expect(plain).toBe(true);
    expect([...log.time]).toEqual(periods.map(({ time }) => time));
    // a mapping has a sign and a zero, whose sum keeps every bit but the sign of zero
    const summed = (values: Iterable<unknown>) => [...(values as Iterable<number>)].map((value) => value + 0);
    expect([...log.channels.get('rate')!]).toEqual(summed(awkward.map((value) => -value)));
    expect([...log.action]).toEqual(summed(column('action').values as Float64Array));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
test('CSV says gaps, words and awkward texts as other programs expect them', () => {
  const lines = [...csvText({ ...table, title: 'two\nlines' })].join('').split('\n');
  expect(lines[0]).toBe('# title: two lines');
  expect(lines[1]!.startsWith('# units: s,rad,rad/s,N m,1,s,ms,')).toBe(true);
  expect(lines[2]!.startsWith('time,angle,rate,action,step,')).toBe(true);
  expect(lines[5]).toContain(',"a,""b""",passed,');
  expect(lines).toHaveLength(3 + 6 + 1);
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convertFile } from '../../../src/main/storage/convert/convertFile';
import { forms, tableKinds } from '../../../src/main/storage/convert/kinds';
import { readCsvPieces, readCsvTable, surveyCsv } from '../../../src/main/storage/tables/csvTable';
import { csvText } from '../../../src/main/storage/tables/csvText';
import { readParquetTable } from '../../../src/main/storage/tables/parquetTable';
import { shapeOf, writtenBy, type TablePiece } from '../../../src/main/storage/tables/table';
import { someTable, told } from './someTables';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-streaming-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const bytesOf = (pieces: Iterable<Uint8Array | string>) => Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));

describe('a CSV file in pieces', () => {
  test('becomes the same file as the whole table does, and loses the same', async () => {
    await fc.assert(
      fc.asyncProperty(someTable, fc.integer({ min: 1, max: 4 }), fc.constantFrom(3, Infinity), async (table, rows, characters) => {
        if (table.rows === 0) return; // no recording
        const path = at('law.csv');
        writeFileSync(path, [...csvText(table)].join(''));
        const survey = await surveyCsv(path, {});
        const { table: whole, notes } = await readCsvTable(path);
        expect(survey.notes).toEqual(notes);
        expect(survey.shape).toEqual(shapeOf(whole));
        const pieces: TablePiece[] = [];
        await readCsvPieces(path, survey, (piece) => pieces.push(piece), {}, { rows, characters });
        for (const kind of tableKinds) {
          const { writer, losses } = forms[kind];
          expect(losses(survey.sample)).toEqual(losses(whole));
          const streamed = writer(survey.shape, path, 'test');
          const bytes = bytesOf([...streamed.head(), ...pieces.flatMap((piece) => [...streamed.rows(piece)]), ...streamed.end()]);
          if (kind === 'parquet') {
            writeFileSync(at('law.parquet'), bytes);
            expect(told(await readParquetTable(at('law.parquet')))).toEqual(told(whole));
          } else expect(bytes.equals(bytesOf(writtenBy(writer(shapeOf(whole), path, 'test'), whole)))).toBe(true);
        }
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });
  test.each([
    ['decimal commas', 't;w\n0,5;1\n1,5;\n'],
    ['words among numbers of a clock', 'time,a\n0,1\nNaN,2\n'],
    ['a clock in ms', '# units: ms,1\ntime,a\n0,1\n20,2\n'],
    ['a clock before its beginning', 'time,a\n-1,1\n20,2\n'],
    ['truths and a number', 'a,b\n1,true\ntrue,false\ntrue,\n'],
    ['numbers of either mark', 'a;b\n1,5;1.5\n2;2\n'],
    ['texts that end in a carriage return', 'a,b\n"x\r",1\ny,2\n'],
    ['blanks among numbers', 'a,b\n1, \n2,5\n'],
  ])('is what the whole table is: %s', async (_what, content) => {
    writeFileSync(at('some.csv'), content);
    const survey = await surveyCsv(at('some.csv'), {});
    const { table } = await readCsvTable(at('some.csv'));
    expect(survey.shape).toEqual(shapeOf(table));
    for (const kind of tableKinds) expect(forms[kind].losses(survey.sample)).toEqual(forms[kind].losses(table));
  });
});

test('a table may be larger than what is held at a time: its rows are not counted against the memory', async () => {
  // more values than a piece holds, of two columns
  const rows = 300_000;
  const lines = Array.from({ length: rows }, (_, i) => `${i / 50},${i % 7 === 0 ? '' : Math.sin(i)}`);
  writeFileSync(at('long.csv'), `time,a\n${lines.join('\n')}\n`);
  const done = await convertFile({ from: at('long.csv'), to: at('long.parquet'), library: 'test' });
  expect(done).toMatchObject({ kind: 'table', rows, columns: 2, losses: [] });
  await convertFile({ from: at('long.parquet'), to: at('back.csv'), library: 'test' });
  expect(readFileSync(at('back.csv'), 'utf8').split('\n').slice(3).join('\n')).toBe(`${lines.join('\n')}\n`);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsvTable } from '../../../src/main/storage/tables/csvTable';
import { csvLosses, csvText } from '../../../src/main/storage/tables/csvText';
import { parquetBytes, parquetLosses } from '../../../src/main/storage/tables/parquetBytes';
import { readParquetTable } from '../../../src/main/storage/tables/parquetTable';
import { readMcapTable, topicsOfMcap } from '../../../src/main/storage/tables/mcapTable';
import { mcapLosses, TABLE_TOPIC, tableMcap } from '../../../src/main/storage/tables/tableMcap';
import type { Table } from '../../../src/main/storage/tables/table';
import { someTable, told } from './someTables';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-laws-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const seeded = { seed: 20261127, numRuns: 300 };

function throughParquet(table: Table): Promise<Table> {
  const path = join(folder, 'law.parquet');
  writeFileSync(path, parquetBytes(table));
  return readParquetTable(path);
}
async function throughCsv(table: Table): Promise<Table> {
  const path = join(folder, 'law.csv');
  writeFileSync(path, [...csvText(table)].join(''));
  return (await readCsvTable(path)).table;
}

async function throughMcap(table: Table, name: string): Promise<Table> {
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([...tableMcap(table, path, 'test')]));
  return readMcapTable(path, TABLE_TOPIC, await topicsOfMcap(path, () => {}), () => {});
}

describe('a table', () => {
  test('is the same after Parquet, to the last bit, unless a loss is told', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(someTable, async (table) => {
        const back = await throughParquet(table);
        expect(back.losses).toEqual([]);
        if (parquetLosses(table).length > 0) return;
        exact++;
        expect(told(back)).toEqual(told(table));
      }),
      seeded,
    );
    expect(exact).toBeGreaterThan(200);
  });
  test('is the same after MCAP, to the last bit, unless a loss is told', async () => {
    let exact = 0;
    let count = 0;
    await fc.assert(
      fc.asyncProperty(someTable, async (table) => {
        const back = await throughMcap(table, `law ${count++}.mcap`);
        expect(back.losses).toEqual([]);
        if (mcapLosses(table).length > 0) return;
        exact++;
        expect(told(back)).toEqual(told(table));
      }),
      seeded,
    );
    expect(exact).toBeGreaterThan(250);
  });
  test('is the same after CSV unless a loss is told', async () => {
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(someTable, async (drawn) => {
        const table = { ...drawn, metadata: {} };
        const back = await throughCsv(table);
        expect(back.rows).toBe(table.rows);
        expect(back.columns.length).toBe(table.columns.length);
        const isExact = csvLosses(table).length === 0;
        if (isExact) expect(told(back)).toEqual(told(table));
        exact += Number(isExact);
      }),
      seeded,
    );
    expect(exact).toBeGreaterThan(20); // most draws have a title, name or text that CSV cannot hold
  });
  test('keeps every number, gap and truth in CSV whatever happens to names and texts', async () => {
    await fc.assert(
      fc.asyncProperty(someTable, async (table) => {
        const back = told(await throughCsv(table));
        told(table).columns.forEach((column, c) => {
          if (column.kind === 'number') expect(back.columns[c]).toMatchObject({ kind: 'number', cells: column.cells });
          if (column.kind === 'truth') expect(back.columns[c]!.cells).toEqual(column.cells);
        });
      }),
      seeded,
    );
  });
  test('is the same CSV when it is written once more', async () => {
    await fc.assert(
      fc.asyncProperty(someTable, async (table) => {
        const once = await throughCsv(table);
        expect(told(await throughCsv(once))).toEqual(told(once));
      }),
      seeded,
    );
  });
});

test('a long column of few numbers keeps its signed zeros in Parquet', async () => {
  const values = Float64Array.from({ length: 3000 }, (_, i) => [0, -0, 1][i % 3]!);
  const table: Table = { title: '', rows: 3000, columns: [{ name: 'a', unit: '', kind: 'number', values }], losses: [], metadata: {} };
  expect(told(await throughParquet(table))).toEqual(told(table));
});

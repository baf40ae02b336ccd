import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer, type ParquetWriteOptions } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readParquetTable } from '../../../src/main/storage/tables/parquetTable';
import { cellOf, type Table } from '../../../src/main/storage/tables/table';
import { FileRefused } from '../../../src/shared/recordings/refusal';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-hostile-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const listSchema: SchemaElement[] = [
  { name: 'root', num_children: 1 },
  { name: 'a', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
];
const written = (options: Omit<ParquetWriteOptions, 'writer'>) => new Uint8Array(parquetWriteBuffer(options));
function read(bytes: Uint8Array): Promise<Table> {
  const path = join(folder, 'a.parquet');
  writeFileSync(path, bytes);
  return readParquetTable(path);
}
const cells = (table: Table, index = 0) => Array.from({ length: table.rows }, (_, row) => cellOf(table.columns[index]!, row));
async function refusal(bytes: Uint8Array): Promise<FileRefused> {
  try {
    await read(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(FileRefused);
    return error as FileRefused;
  }
  throw new Error('nothing was refused');
}

describe('Parquet of others', () => {
  test('gives whole numbers, dates, words from a dictionary, truths and gaps', async () => {
    const columnData = [
      { name: 'whole', data: [1n, 2n ** 53n + 1n, -5n], type: 'INT64' as const },
      { name: 'small', data: [1, null, -3], type: 'INT32' as const, nullable: true },
      { name: 'single', data: [0.1, NaN, -0], type: 'FLOAT' as const },
      { name: 'day', data: [new Date(0), new Date(1500), null], type: 'TIMESTAMP' as const, nullable: true },
      { name: 'word', data: ['a', 'a', 'a'], type: 'STRING' as const, encoding: 'RLE_DICTIONARY' as const },
      { name: 'truth', data: [true, false, null], type: 'BOOLEAN' as const, nullable: true },
    ];
    const table = await read(written({ columnData }));
    expect(table.columns.map(({ name, kind, unit }) => `${name} ${kind} ${unit}`)).toEqual([
      'whole number ',
      'small number ',
      'single number ',
      'day number s',
      'word text ',
      'truth truth ',
    ]);
    expect(cells(table)).toEqual([1, 2 ** 53, -5]);
    expect(table.losses).toEqual([
      '1 whole numbers of "whole" have more digits than a number holds and are rounded.',
      'The dates of "day" become seconds since 1970, to some 16 digits.',
    ]);
    expect(cells(table, 1)).toEqual([1, null, -3]);
    expect(cells(table, 2)).toEqual([Math.fround(0.1), NaN, -0]);
    expect(cells(table, 3)).toEqual([0, 1.5, null]);
    expect(cells(table, 4)).toEqual(['a', 'a', 'a']);
    expect(cells(table, 5)).toEqual([true, false, null]);
  });
  test('has times of day in the unit in which they are counted', async () => {
    const schema: SchemaElement[] = [
      { name: 'root', num_children: 1 },
      { name: 'at', type: 'INT32', repetition_type: 'REQUIRED', converted_type: 'TIME_MILLIS' },
    ];
    const { columns } = await read(written({ schema, columnData: [{ name: 'at', data: [1500, 2500] }] }));
    expect(columns).toMatchObject([{ unit: 'ms', kind: 'number' }]);
  });
  test('is read across many row groups and pages, packed or not', async () => {
    const data = Array.from({ length: 5000 }, (_, i) => (i % 7 === 0 ? null : i / 3));
    for (const codec of ['UNCOMPRESSED', 'SNAPPY'] as const) {
      const columnData = [{ name: 'a', data, type: 'DOUBLE' as const, nullable: true }];
      expect(cells(await read(written({ columnData, codec, rowGroupSize: 1200, pageSize: 1000 })))).toEqual(data);
    }
  });
  test.each([
    ['lists', { columnData: [{ name: 'a', data: [[1], [2, 3]] }], schema: listSchema }, 'the column "a" holds lists or groups'],
    [
      'geometry',
      { columnData: [{ name: 'a', data: [{ type: 'Point', coordinates: [1, 2] }], type: 'GEOMETRY' as const }] },
      'is of the type GEOMETRY',
    ],
    ['1,025 columns', { columnData: Array.from({ length: 1025 }, (_, i) => ({ name: `${i}`, data: [1] })) }, '1025 columns are not a log'],
    ['two columns of one name', { columnData: ['a', 'a'].map((name) => ({ name, data: [1.5] })) }, 'two columns called "a"'],
    ['a text without end', { columnData: [{ name: 'a', data: ['x'.repeat(70_000)] }] }, 'a text of 70000 characters'],
    [
      'delta encoding',
      { columnData: [{ name: 'a', data: [1, 2, 3], type: 'INT32' as const, encoding: 'DELTA_BINARY_PACKED' as const }] },
      'is encoded as DELTA_BINARY_PACKED',
    ],
    [
      'an unknown packing',
      { codec: 'ZSTD' as const, compressors: { ZSTD: (bytes: Uint8Array) => bytes }, columnData: [{ name: 'a', data: [1.5] }] },
      'is packed with ZSTD',
    ],
  ])('is refused in one sentence: %s', async (_what, options, words) => {
    expect((await refusal(written(options))).sentence).toContain(words);
  });
  test('is refused for more rows than fit before anything is made for them', async () => {
    const bytes = written({ columnData: [{ name: 'a', data: [1.5, 2.5], type: 'DOUBLE' as const }] });
    // the number of rows stands in the description of the file and of its row group as a zigzag 4; a run of bytes takes its place
    const claim = claiming(bytes, 3_000_000_000n);
    expect((await refusal(claim)).found).toMatch(/3000000000 rows of 1 columns are not a table/);
  });
  test('is refused where its description holds a number or a list without end, which hyparquet would follow for minutes', async () => {
    const described = (description: readonly number[]) => {
      const bytes = new Uint8Array(12 + description.length);
      bytes.set([...Buffer.from('PAR1'), ...description]);
      new DataView(bytes.buffer).setUint32(bytes.length - 8, description.length, true);
      bytes.set(Buffer.from('PAR1'), bytes.length - 4);
      return bytes;
    };
    expect((await refusal(described([0x16, ...new Array<number>(100_000).fill(0x80), 0]))).found).toContain(
      'a number has more than ten bytes',
    );
    // a list of 2^28 structs, and structs in structs
    expect((await refusal(described([0x19, 0xfc, 0x80, 0x80, 0x80, 0x80, 0x01, 0]))).found).toContain('it ends too early');
    expect((await refusal(described(new Array<number>(5000).fill(0x1c)))).found).toContain('too many structs');
  });
  test('is refused where a run claims more values than its page', async () => {
    // nullable, so that levels stand before the values: (run << 1) in a varint, then the level
    const bytes = written({
      columnData: [{ name: 'a', data: Array.from({ length: 64 }, () => 1.5), type: 'DOUBLE' as const, nullable: true }],
      codec: 'UNCOMPRESSED',
    });
    const at = bytes.findIndex((byte, i) => byte === 0x80 && bytes[i + 1] === 1 && bytes[i + 2] === 1 && i > 4);
    expect(at).toBeGreaterThan(0);
    const run = bytes.slice();
    run[at + 1] = 0x7f; // 8128 values in place of 64
    expect((await refusal(run)).found).toContain('repeats 8128 values, and 64 are left');
  });
});

test('a Parquet file is read, or refused in a sentence, whatever byte of it is wrong and wherever it ends', async () => {
  const data = Array.from({ length: 40 }, (_, i) => (i % 5 === 0 ? null : i / 3));
  const words = data.map((value) => (value === null ? null : value > 6 ? 'up' : 'down'));
  const whole = written({
    columnData: [
      { name: 'a', data, type: 'DOUBLE' as const, nullable: true },
      { name: 'b', data: words, type: 'STRING' as const, nullable: true, encoding: 'RLE_DICTIONARY' as const },
      { name: 'c', data: data.map((value) => value !== null), type: 'BOOLEAN' as const },
    ],
    rowGroupSize: 25,
  });
  let refusals = 0;
  const tried = async (bytes: Uint8Array) => {
    try {
      expect((await read(bytes)).rows).toBe(40);
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      expect(error.sentence).not.toMatch(/\n|at .*\.js/);
      refusals++;
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = whole.slice();
      bytes[at]! ^= change;
      await tried(bytes);
    }),
    { seed: 20261128, numRuns: 2000 },
  );
  for (let length = 0; length < whole.length; length++) await tried(whole.subarray(0, length));
  expect(refusals).toBeGreaterThan(whole.length);
});

/** The file with another number of rows in its description: of the file, and of its one row group. */
function claiming(bytes: Uint8Array, rows: bigint): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(bytes.length - 8, true);
  const start = bytes.length - 8 - length;
  const claimed = varint(rows * 2n);
  const out: number[] = [];
  for (let i = start; i < bytes.length - 8; i++) {
    // field 3 of the file and of a row group: a 64-bit number
    if (bytes[i] === 0x16 && bytes[i + 1] === 4) {
      out.push(0x16, ...claimed);
      i++;
    } else out.push(bytes[i]!);
  }
  const writer = new ByteWriter();
  writer.appendBytes(bytes.subarray(0, start));
  writer.appendBytes(Uint8Array.from(out));
  writer.appendUint32(out.length);
  writer.appendUint32(0x31524150);
  return new Uint8Array(writer.getBuffer());
}
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (; value >= 128n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  return [...bytes, Number(value)];
}

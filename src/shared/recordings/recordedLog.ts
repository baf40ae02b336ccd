import type { Plant } from '../plants/plant';
import type { AssignedColumn } from './columns';
import type { CsvTable } from './csv';
import { driveUnits, type ColumnMapping } from './mapping';
import { FileRefused, MappingError, type Note } from './refusal';

/** A recording somebody made, in SI and in the house's signs, on its own time stamps. */
export interface RecordedLog {
  readonly file: string;
  readonly rows: number;
  /** Seconds of the file's own clock, never falling. */
  readonly time: Float64Array;
  /** By channel id, each [rows]; angles unwrapped. */
  readonly channels: ReadonlyMap<string, Float64Array>;
  /** [rows], as it stands in the file's rows; which row it belongs to is the grid's business. */
  readonly action: Float64Array;
  /** Median of the steps of the clock, seconds. */
  readonly samplePeriod: number;
  /** Line of each row. */
  readonly lines: Uint32Array;
  readonly notes: readonly Note[];
}

/** A table that was read, and what its columns are; in the order of the table's columns. */
export interface MappedTable {
  readonly file: string;
  readonly table: CsvTable;
  readonly columns: readonly AssignedColumn[];
}

/**
 * Puts a file and its partners together. A partner with the same number of rows is taken row by row, another by time.
 *
 * @throws FileRefused when the clock falls back or stands still, when a partner has no row near enough
 */
export function assembleLog(main: MappedTable, partners: readonly MappedTable[], plant: Plant): RecordedLog {
  const notes: Note[] = [...main.table.notes];
  const raw = new Map<string, { mapping: ColumnMapping; values: Float64Array }>();
  const clock = columnOf(main, 'time');
  if (clock === undefined)
    throw new MappingError(
      `The time of ${main.file} must be a column of the file itself.`,
      'Map a column without a partner to "time".',
      main.file,
    );
  const time = inSi(clock.values, clock.mapping);
  checkClock(main, time, notes);
  const samplePeriod = medianStep(time);
  main.columns.forEach(({ mapping }, i) => raw.set(mapping.role, { mapping, values: main.table.columns[i]! }));
  for (const partner of partners) {
    notes.push(...partner.table.notes.map((note) => ({ ...note, text: `${partner.file}: ${note.text}` })));
    const rowOf = matchRows(main, time, partner, samplePeriod);
    partner.columns.forEach(({ mapping }, i) => {
      if (mapping.role === 'time') return;
      const values = partner.table.columns[i]!;
      raw.set(mapping.role, { mapping, values: rowOf === undefined ? values : Float64Array.from(rowOf, (row) => values[row]!) });
    });
  }
  const channels = new Map<string, Float64Array>();
  for (const channel of plant.channels) {
    const found = raw.get(channel.id);
    if (found === undefined) continue;
    channels.set(
      channel.id,
      channel.wraps === true ? angleInSi(main.file, found.values, found.mapping, notes) : inSi(found.values, found.mapping),
    );
  }
  const action = raw.get('action')!;
  if (driveUnits.includes(action.mapping.unit) && Math.abs(action.mapping.factor) === 1) {
    notes.push({
      code: 'driveUnit',
      text: `The action is in ${action.mapping.unit}, not in ${plant.action.unit}; a model fitted to it belongs to this drive. Say scale= to turn it into ${plant.action.unit}.`,
    });
  }
  return {
    file: main.file,
    rows: main.table.rows,
    time,
    channels,
    action: inSi(action.values, action.mapping),
    samplePeriod,
    lines: main.table.lines,
    notes,
  };
}

const inSi = (values: Float64Array, { factor, zero, shift }: ColumnMapping): Float64Array =>
  values.map((value) => (value - zero) * factor + shift);

/** Unwraps in the column's own unit, where its range shows whether it was wrapped, then converts. */
function angleInSi(file: string, values: Float64Array, mapping: ColumnMapping, notes: Note[]): Float64Array {
  if (!mapping.zeroGiven) {
    notes.push({
      code: 'zeroAssumed',
      text: `Nothing says where "${mapping.column}" is zero; taken as 0 = upright. Say zero=up or zero=down.`,
    });
  }
  const turn = (2 * Math.PI) / Math.abs(mapping.factor);
  const wraps = mapping.wrap === 'detect' ? looksWrapped(values, turn) : mapping.wrap !== 'none';
  if (!wraps) return inSi(values, mapping);
  if (mapping.wrap === 'detect') notes.push({ code: 'unwrapped', text: `"${mapping.column}" jumps by whole turns and was unwrapped.` });
  const [low, high] = mapping.wrap === '2pi' ? [0, turn] : mapping.wrap === 'pi' ? [-turn / 2, turn / 2] : [-turn, turn];
  const unwrapped = Float64Array.from(values);
  let turns = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < low - 1e-6 * turn || values[i]! > high + 1e-6 * turn) {
      throw new MappingError(
        `"${mapping.column}" of ${file} is not wrapped as stated: it reads ${values[i]} ${mapping.unit}.`,
        'Say wrap=none, or leave it out to have it detected.',
        file,
      );
    }
    if (i > 0) turns -= Math.round((values[i]! - values[i - 1]!) / turn);
    unwrapped[i] = values[i]! + turns * turn;
  }
  return inSi(unwrapped, mapping);
}

/** Wrapped: every reading within one turn, ±half or 0 to 1, and at least one step of more than half of it. */
function looksWrapped(values: Float64Array, turn: number): boolean {
  let [least, most] = [Infinity, -Infinity];
  let jumps = false;
  for (let i = 0; i < values.length; i++) {
    least = Math.min(least, values[i]!);
    most = Math.max(most, values[i]!);
    if (i > 0 && Math.abs(values[i]! - values[i - 1]!) > turn / 2) jumps = true;
  }
  const slack = 0.001 * turn;
  return jumps && ((least >= -turn / 2 - slack && most <= turn / 2 + slack) || (least >= -slack && most <= turn + slack));
}

function checkClock({ file, table, columns }: MappedTable, time: Float64Array, notes: Note[]): void {
  const place = { column: columns.find(({ mapping }) => mapping.role === 'time')!.index };
  const name = table.header.names[place.column];
  let repeated = 0;
  let firstRepeated = 0;
  for (let i = 1; i < time.length; i++) {
    if (time[i]! < time[i - 1]!) {
      throw new FileRefused(
        file,
        'clock',
        `a time of ${seconds(time[i]!)} s after one of ${seconds(time[i - 1]!)} s is not a clock that runs forward`,
        'If a second recording begins here, split the file; else put its rows in order.',
        { line: table.lines[i], column: place.column + 1, columnName: name },
      );
    }
    if (time[i] === time[i - 1] && repeated++ === 0) firstRepeated = table.lines[i]!;
  }
  if (time.length > 1 && time[time.length - 1] === time[0]) {
    throw new FileRefused(file, 'clock', 'a time that stands still is not a clock', 'Map the column that holds the time.', {
      line: table.lines[1],
      column: place.column + 1,
      columnName: name,
    });
  }
  if (repeated > 0) {
    notes.push({
      code: 'duplicateTime',
      text: `${repeated} ${repeated === 1 ? 'row repeats' : 'rows repeat'} the time of the row before, the first in line ${firstRepeated}; all were kept.`,
    });
  }
}

/** Row of the partner for each row of the main file; undefined when they go row by row. */
function matchRows(main: MappedTable, time: Float64Array, partner: MappedTable, samplePeriod: number): Int32Array | undefined {
  if (partner.table.rows === main.table.rows) return undefined;
  const clock = columnOf(partner, 'time');
  if (clock === undefined) {
    throw new FileRefused(
      partner.file,
      'partner',
      `${partner.table.rows} rows without a time column are not the ${main.table.rows} of ${main.file}`,
      'Export both with the same rows, or with a time column of the same name.',
      { line: 1 },
    );
  }
  const theirs = inSi(clock.values, clock.mapping);
  checkClock(partner, theirs, []);
  const rowOf = new Int32Array(time.length);
  let near = 0;
  for (let i = 0; i < time.length; i++) {
    while (near + 1 < theirs.length && Math.abs(theirs[near + 1]! - time[i]!) <= Math.abs(theirs[near]! - time[i]!)) near++;
    if (Math.abs(theirs[near]! - time[i]!) > samplePeriod / 2) {
      throw new FileRefused(
        partner.file,
        'partner',
        `its nearest row, at ${seconds(theirs[near]!)} s, is not within half a sample of line ${main.table.lines[i]} of ${main.file} at ${seconds(time[i]!)} s`,
        'Export both over the same time.',
        { line: partner.table.lines[near] },
      );
    }
    rowOf[i] = near;
  }
  return rowOf;
}

function columnOf({ columns, table }: MappedTable, role: string): { mapping: ColumnMapping; values: Float64Array } | undefined {
  const index = columns.findIndex(({ mapping }) => mapping.role === role);
  return index < 0 ? undefined : { mapping: columns[index]!.mapping, values: table.columns[index]! };
}

/** Median of the steps of a clock; of a long one, of 10 000 steps spread over it. */
function medianStep(time: Float64Array): number {
  const stride = Math.max(1, Math.floor((time.length - 1) / 10_000));
  const steps: number[] = [];
  for (let i = 0; i + 1 < time.length; i += stride) steps.push(time[i + 1]! - time[i]!);
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 0;
}

const seconds = (value: number): string => String(Number(value.toPrecision(9)));

import { readNumber } from './number';
import { MappingError } from './refusal';

/** From and to in seconds of the file's own time column; −Infinity and Infinity where an end is open. */
export type Window = readonly [from: number, to: number];
export type ActionRow = 'auto' | -1 | 0 | 1;

/** One recording as the command line names it: `PATH[@FROM:TO[,FROM:TO]...][+KEY=VALUE]...`. */
export interface RecordingSpec {
  readonly path: string;
  /** In order of time, never overlapping; one open window when none was given. */
  readonly windows: readonly Window[];
  readonly windowsGiven: boolean;
  /** The action's column and, when stated, its unit; wins over the mapping. */
  readonly action?: { readonly column: string; readonly unit?: string };
  readonly row: ActionRow;
  /** Intervals to leave out; 'auto' means none until disturbances are detected. */
  readonly mask: 'auto' | 'none' | readonly Window[];
}

export const recordingKeys = ['action', 'row', 'mask'] as const;

/**
 * Takes a specification apart. Only a tail of exactly the form above, with known keys, is cut off, so that `@` and `+` in
 * file names do no harm.
 *
 * @throws MappingError for a window that runs backwards, windows that overlap, and values that a key does not take
 */
export function readRecordingSpec(text: string): RecordingSpec {
  let rest = text;
  const values = new Map<string, string>();
  for (let found = keyAtEnd.exec(rest); found !== null; found = keyAtEnd.exec(rest)) {
    const [whole, key, value] = found as unknown as [string, string, string];
    if (values.has(key)) throw new MappingError(`"${key}" is given twice in "${text}".`, 'Give it once.');
    values.set(key, value);
    rest = rest.slice(0, rest.length - whole.length);
  }
  const tail = windowsAtEnd.exec(rest);
  const windows = tail === null ? [] : readWindows(tail[1]!, text);
  const path = tail === null ? rest : rest.slice(0, rest.length - tail[0].length);
  if (path === '') throw new MappingError(`"${text}" names no file.`, 'Write the path first: log.csv@0:10+action=torque.');
  return {
    path,
    windows: windows.length === 0 ? [[-Infinity, Infinity]] : windows,
    windowsGiven: windows.length > 0,
    action: values.has('action') ? readAction(values.get('action')!, text) : undefined,
    row: readRow(values.get('row'), text),
    mask: readMask(values.get('mask'), text),
  };
}

/**
 * What is left of windows when masked intervals are taken out; a prediction crosses none of the new edges.
 * @returns in order of time
 */
export function withoutMasked(windows: readonly Window[], masked: readonly Window[]): Window[] {
  let left = [...windows];
  for (const [from, to] of masked) {
    left = left.flatMap(([a, b]) => {
      if (to <= a || from >= b) return [[a, b] as const];
      const parts: Window[] = [];
      if (from > a) parts.push([a, from]);
      if (to < b) parts.push([to, b]);
      return parts;
    });
  }
  return left;
}

const end = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const window = `(?:${end})?:(?:${end})?`;
const windowsAtEnd = new RegExp(`@(${window}(?:,${window})*)$`);
// The value may hold anything but the beginning of another key, a plus sign in a column's name included.
const keyAtEnd = new RegExp(String.raw`\+(${recordingKeys.join('|')})=((?:(?!\+(?:${recordingKeys.join('|')})=).)*)$`);

function readWindows(text: string, spec: string): Window[] {
  const windows = text.split(',').map((part): Window => {
    const [from = '', to = ''] = part.split(':');
    const ends: Window = [from === '' ? -Infinity : readNumber(from), to === '' ? Infinity : readNumber(to)];
    if (Number.isNaN(ends[0]) || Number.isNaN(ends[1]))
      throw new MappingError(`"${part}" in "${spec}" is not a window of numbers.`, 'Write FROM:TO in seconds.');
    if (!(ends[0] < ends[1]))
      throw new MappingError(`The window ${part} in "${spec}" ends before it begins.`, 'Write the earlier time first.');
    return ends;
  });
  windows.sort((a, b) => a[0] - b[0]);
  for (let i = 1; i < windows.length; i++) {
    if (windows[i]![0] < windows[i - 1]![1])
      throw new MappingError(`Two windows of "${spec}" overlap.`, 'Data may be used once only: join them, or move an end.');
  }
  return windows;
}

function readAction(text: string, spec: string): { column: string; unit?: string } {
  const colon = text.lastIndexOf(':');
  const column = (colon < 0 ? text : text.slice(0, colon)).replace(/^"(.*)"$/, '$1');
  if (column === '' || colon === text.length - 1)
    throw new MappingError(
      `"action=${text}" in "${spec}" is not a column with an optional unit.`,
      'Write action=COLUMN or action=COLUMN:UNIT.',
    );
  return colon < 0 ? { column } : { column, unit: text.slice(colon + 1) };
}

function readRow(text: string | undefined, spec: string): ActionRow {
  if (text === undefined || text === 'auto') return 'auto';
  const row = ({ '-1': -1, '0': 0, '1': 1 } as const)[text as '0'] as ActionRow | undefined;
  if (row === undefined)
    throw new MappingError(
      `"row=${text}" in "${spec}" is not auto, -1, 0 or 1.`,
      'The action applied from row k on stands in row k + row.',
    );
  return row;
}

function readMask(text: string | undefined, spec: string): 'auto' | 'none' | Window[] {
  if (text === undefined || text === 'auto') return 'auto';
  if (text === 'none') return 'none';
  if (!new RegExp(`^${window}(?:,${window})*$`).test(text)) {
    throw new MappingError(
      `"mask=${text}" in "${spec}" is not auto, none or a list of FROM:TO.`,
      'Write for example mask=12.0:12.4,15:15.5.',
    );
  }
  return readWindows(text, spec);
}

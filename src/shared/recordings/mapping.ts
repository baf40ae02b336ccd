import type { Plant } from '../plants/plant';
import type { CsvHeader } from './csv';
import { readNumber } from './number';
import { MappingError } from './refusal';

/** Which column plays which role, and how its numbers become SI in the house's signs. */
export interface ColumnMapping {
  readonly column: string;
  /** `time`, a state channel of the plant, `action` or `ignore`. */
  readonly role: string;
  readonly unit: string;
  /** What one unit of the column is in SI, sign and scale included. */
  readonly factor: number;
  /** In the column's unit: the reading where the channel is 0. */
  readonly zero: number;
  /** In SI, added last: π where the recorded angle counts from hanging. */
  readonly shift: number;
  /** Whether the recorded angle jumps by whole turns; 'detect' looks. */
  readonly wrap: 'detect' | 'none' | 'pi' | '2pi';
  /** Whether the zero of an angle was stated; "asked when not stated" is a warning here. */
  readonly zeroGiven: boolean;
}
/** `--partner NAME=TEXT:TEXT`: the partner's file name is this file's with the first text replaced by the second. */
export interface PartnerRule {
  readonly name: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * Reads `COLUMN=ROLE:UNIT[:OPTION]...` mappings, comma separated; a column with a comma, a blank or `=` stands in quotes.
 * @throws MappingError naming the part that is wrong and what is known in its place
 */
export function readMapping(texts: readonly string[], plant: Plant): ColumnMapping[] {
  const mappings = texts.flatMap((text) => splitOutsideQuotes(text, ',')).map((part) => readOne(part.trim(), plant));
  const roles = new Set<string>();
  const columns = new Set<string>();
  for (const { role, column } of mappings) {
    if (columns.has(column)) throw new MappingError(`The column "${column}" is mapped twice.`, 'Map it once.');
    columns.add(column);
    if (role === 'ignore') continue;
    if (roles.has(role)) throw new MappingError(`Two columns are mapped to "${role}".`, 'Map one of them, and the other to "ignore".');
    roles.add(role);
  }
  return mappings;
}

/** The mapping of an action that a recording's own `+action=COLUMN[:UNIT]` names. */
export const actionMapping = (column: string, unit: string | undefined, plant: Plant): ColumnMapping =>
  readOne(`"${column}"=action:${unit ?? plant.action.unit.replace(/\s/g, '')}`, plant);

/**
 * The mapping that a file of the plain form brings with it: columns called like their roles, units in a `# units:` line in
 * the order of the columns, angles from upright.
 * @throws MappingError when the file says nothing of the kind
 */
export function plainMapping(file: string, { names, remarks }: CsvHeader, plant: Plant): ColumnMapping[] {
  const said = remarks
    .get('units')
    ?.split(',')
    .map((unit) => unit.replace(/\s/g, ''));
  if (said === undefined || said.length !== names.length) {
    throw new MappingError(
      `Nothing says what the columns of ${file} are.`,
      'Say it with --map COLUMN=ROLE:UNIT, or in a "# units:" line above the header.',
      file,
    );
  }
  const roles = ['time', ...plant.channels.map((channel) => channel.id), 'action'];
  return names.flatMap((name, i) =>
    roles.includes(name)
      ? [
          readOne(
            `${name}=${name}:${said[i]}${plant.channels.some(({ id, wraps }) => id === name && wraps === true) ? ':zero=up' : ''}`,
            plant,
          ),
        ]
      : [],
  );
}

export function readPartnerRule(text: string): PartnerRule {
  const match = /^([A-Za-z][\w-]*)=([^:]+):([^:]+)$/.exec(text);
  if (match === null) throw new MappingError(`"${text}" is not NAME=TEXT:TEXT.`, 'Write for example --partner desired=_measured:_desired.');
  return { name: match[1]!, find: match[2]!, replace: match[3]! };
}

/** Units of each kind of quantity, and what one of them is in SI. */
export const units: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  time: { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 },
  angle: { rad: 1, deg: Math.PI / 180, turn: 2 * Math.PI, count: NaN },
  rate: { 'rad/s': 1, 'deg/s': Math.PI / 180, rpm: Math.PI / 30 },
  position: { m: 1, mm: 1e-3 },
  velocity: { 'm/s': 1, 'mm/s': 1e-3 },
  torque: { Nm: 1, mNm: 1e-3, V: 1, A: 1, duty: 1 },
  force: { N: 1, V: 1, A: 1, duty: 1 },
};
/** Units of an action that is a drive's and not the plant's; only a scale turns them into N or N m. */
export const driveUnits: readonly string[] = ['V', 'A', 'duty'];

function readOne(text: string, plant: Plant): ColumnMapping {
  const match = /^(?:"([^"]+)"|([^"=]+))=([^:]+)((?::[^:]*)*)$/.exec(text);
  if (match === null)
    throw new MappingError(
      `"${text}" is not COLUMN=ROLE:UNIT.`,
      'Write for example position=angle:rad:zero=down; quote a column that holds a comma or "=".',
    );
  const column = (match[1] ?? match[2]!).trim().replace(/\s+/g, ' ');
  const role = match[3]!.trim();
  const [unit, ...options] = match[4]!.split(':').slice(1);
  const roles = ['time', ...plant.channels.map((channel) => channel.id), 'action', 'ignore'];
  if (!roles.includes(role)) throw new MappingError(`"${role}" is not a role (column "${column}").`, `The roles are ${roles.join(', ')}.`);
  if (role === 'ignore') {
    if (unit !== undefined) throw new MappingError(`An ignored column has no unit (column "${column}").`, `Write ${column}=ignore.`);
    return { column, role, unit: '', factor: 1, zero: 0, shift: 0, wrap: 'none', zeroGiven: true };
  }
  const kind = kindOf(role, plant);
  const known = units[kind]!;
  if (unit === undefined || !Object.hasOwn(known, unit)) {
    const found =
      unit === undefined || unit === ''
        ? `The column "${column}" has no unit.`
        : `"${unit}" is not a unit of ${article(role)} (column "${column}").`;
    throw new MappingError(found, `Write ${column}=${role}:UNIT with one of ${Object.keys(known).join(', ')}.`);
  }
  return withOptions({ column, role, unit, kind }, options);
}

function withOptions(
  { column, role, unit, kind }: { column: string; role: string; unit: string; kind: string },
  options: readonly string[],
): ColumnMapping {
  let sign = 1;
  let scale = 1;
  let zero = 0;
  let shift = 0;
  let zeroGiven = kind !== 'angle';
  let wrap: ColumnMapping['wrap'] = kind === 'angle' ? 'detect' : 'none';
  let countsPerTurn: number | undefined;
  const seen = new Set<string>();
  for (const option of options) {
    const [name = '', value = ''] = option.split('=', 2);
    const refuse = (wanted: string): never => {
      throw new MappingError(`"${option}" is not an option of ${article(role)} (column "${column}").`, wanted);
    };
    if (seen.has(name)) refuse(`Give "${name}" once.`);
    seen.add(name);
    const number = readNumber(value);
    if (kind === 'time') refuse('A time column takes none.');
    else if (name === 'zero' && kind === 'angle' && (value === 'up' || value === 'down'))
      [shift, zeroGiven] = [value === 'down' ? Math.PI : 0, true];
    else if (name === 'zero' && Number.isFinite(number)) [zero, zeroGiven] = [number, true];
    else if (name === 'zero')
      refuse(`Write zero=${kind === 'angle' ? 'up, zero=down or the reading at upright' : 'and the reading at zero'}.`);
    else if (name === 'sign' && (number === 1 || number === -1)) sign = number;
    else if (name === 'sign') refuse('Write sign=1 or sign=-1.');
    else if (name === 'scale' && Number.isFinite(number) && number !== 0) scale = number;
    else if (name === 'scale') refuse('Write scale= and a number other than 0.');
    else if (name === 'wrap' && kind === 'angle' && (value === 'none' || value === 'pi' || value === '2pi')) wrap = value;
    else if (name === 'wrap') refuse(kind === 'angle' ? 'Write wrap=none, wrap=pi or wrap=2pi.' : 'Only an angle wraps.');
    else if (name === 'cpr' && unit === 'count' && number > 0) countsPerTurn = number;
    else if (name === 'cpr') refuse(unit === 'count' ? 'Write cpr= and the counts of one turn.' : 'Only the unit "count" takes cpr.');
    else refuse(`The options are zero, sign, scale, ${kind === 'angle' ? 'wrap and cpr' : 'and no more'}.`);
  }
  if (unit === 'count' && countsPerTurn === undefined)
    throw new MappingError(
      `The column "${column}" counts, and nothing says how many counts are a turn.`,
      'Add cpr=4096, or what your encoder has.',
    );
  const inSi = unit === 'count' ? (2 * Math.PI) / countsPerTurn! : units[kind]![unit]!;
  return { column, role, unit, factor: sign * scale * inSi, zero, shift, wrap, zeroGiven };
}

function kindOf(role: string, plant: Plant): string {
  if (role === 'time') return 'time';
  const unit = role === 'action' ? plant.action.unit : plant.channels.find((channel) => channel.id === role)!.unit;
  const kind = (
    { rad: 'angle', 'rad/s': 'rate', m: 'position', 'm/s': 'velocity', N: 'force', 'N m': 'torque', Nm: 'torque' } as Record<string, string>
  )[unit];
  if (kind === undefined) throw new MappingError(`Nothing is known about the unit "${unit}" of "${role}".`, 'Choose another plant.');
  return kind;
}

const article = (role: string): string => `${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}`;

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [''];
  let inQuotes = false;
  for (const character of text) {
    if (character === '"') inQuotes = !inQuotes;
    if (character === separator && !inQuotes) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part.trim() !== '');
}

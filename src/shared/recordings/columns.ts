import type { Plant } from '../plants/plant';
import type { CsvHeader, WantedColumn } from './csv';
import type { ColumnMapping, PartnerRule } from './mapping';
import { MappingError } from './refusal';

/** A mapped column and where it stands in the file. */
export interface AssignedColumn {
  readonly mapping: ColumnMapping;
  readonly index: number;
}
/** Which columns of a file and of its partners are read. */
export interface ColumnPlan {
  readonly own: readonly AssignedColumn[];
  /** By the partner's name: the mappings whose columns stand there, with the name inside the partner. */
  readonly partners: ReadonlyMap<string, readonly { readonly mapping: ColumnMapping; readonly column: string }[]>;
  /** Names of the file's columns that nothing was asked of. */
  readonly ignored: readonly string[];
}

/**
 * Finds every mapped column in a file's header, or in the partner that its prefix names.
 *
 * @throws MappingError when a column is missing (with the columns that there are), when its name stands there twice, or
 *         when time, a position or the action has no column
 */
export function planColumns(
  file: string,
  header: CsvHeader,
  mappings: readonly ColumnMapping[],
  rules: readonly PartnerRule[],
  plant: Plant,
): ColumnPlan {
  const own: AssignedColumn[] = [];
  const partners = new Map<string, { mapping: ColumnMapping; column: string }[]>();
  const known = new Set<number>();
  for (const mapping of mappings) {
    const index = indexOf(file, header, mapping.column);
    const [prefix] = mapping.column.split('.', 1) as [string];
    if (index !== undefined) {
      known.add(index);
      if (mapping.role !== 'ignore') own.push({ mapping, index });
    } else if (rules.some((rule) => rule.name === prefix) && mapping.column.length > prefix.length + 1) {
      if (mapping.role === 'ignore') continue;
      const list = partners.get(prefix) ?? [];
      list.push({ mapping, column: mapping.column.slice(prefix.length + 1) });
      partners.set(prefix, list);
    } else if (mapping.role !== 'ignore') {
      throw missing(file, header, mapping.column);
    }
  }
  const positions = plant.structure.coordinates.map((coordinate) => plant.channels[coordinate.position]!.id);
  for (const role of ['time', ...positions, 'action']) {
    if (!mappings.some((mapping) => mapping.role === role))
      throw new MappingError(`No column of ${file} is the ${role}. It has ${listOf(header)}.`, howToName(role), file);
  }
  return { own, partners, ignored: header.names.filter((_, i) => !known.has(i)) };
}

/** The columns to read of a partner: those asked for, after its own time when the mapping names one that it has. */
export function planPartner(
  file: string,
  header: CsvHeader,
  wanted: readonly { mapping: ColumnMapping; column: string }[],
  time: ColumnMapping,
): AssignedColumn[] {
  const columns = wanted.map(({ mapping, column }) => {
    const index = indexOf(file, header, column);
    if (index === undefined) throw missing(file, header, column);
    return { mapping, index };
  });
  const clock = indexOf(file, header, time.column);
  return clock === undefined ? columns : [{ mapping: time, index: clock }, ...columns];
}

export const wantedColumns = (assigned: readonly AssignedColumn[]): WantedColumn[] =>
  assigned.map(({ mapping, index }) => ({ index, mayRound: mapping.role === 'time' }));

/** A column by its name, or by `#n` for its position. */
function indexOf(file: string, header: CsvHeader, name: string): number | undefined {
  const found = header.names.flatMap((candidate, i) => (candidate === name ? [i] : []));
  if (found.length > 1) {
    const places = found.map((i) => `"#${i + 1}"`).join(' and ');
    throw new MappingError(`${file} has ${found.length} columns called "${name}".`, `Say which by its position: ${places}.`, file);
  }
  if (found.length === 1) return found[0];
  const position = /^#([1-9]\d{0,3})$/.exec(name);
  return position !== null && Number(position[1]) <= header.names.length ? Number(position[1]) - 1 : undefined;
}

const missing = (file: string, header: CsvHeader, column: string) =>
  new MappingError(`${file} has no column "${column}". It has ${listOf(header)}.`, 'Map one of these.', file);

const listOf = (header: CsvHeader) =>
  header.names
    .slice(0, 40)
    .map((name) => `"${name}"`)
    .join(', ') + (header.names.length > 40 ? ', …' : '');
const howToName = (role: string) =>
  role === 'action' ? 'Add +action=COLUMN to the recording, or --map COLUMN=action:UNIT.' : `Add --map COLUMN=${role}:UNIT.`;

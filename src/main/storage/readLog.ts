import { basename, dirname, join } from 'node:path';
import type { Plant } from '../../shared/plants/plant';
import { planColumns, planPartner, wantedColumns, type ColumnPlan } from '../../shared/recordings/columns';
import type { CsvHeader, CsvTable, WantedColumn } from '../../shared/recordings/csv';
import { actionMapping, plainMapping, type ColumnMapping, type PartnerRule } from '../../shared/recordings/mapping';
import { assembleLog, type MappedTable, type RecordedLog } from '../../shared/recordings/recordedLog';
import type { RecordingSpec } from '../../shared/recordings/recordingSpec';
import { MappingError } from '../../shared/recordings/refusal';
import { readCsv } from './readCsv';
import { isParquet, readParquetLog } from './tables/parquetTable';

export interface LogOfFile {
  readonly log: RecordedLog;
  /** The action's column as it was asked for. */
  readonly actionColumn: string;
  /** Names of the file's columns that nothing was asked of. */
  readonly ignoredColumns: readonly string[];
  /** Whether the file named its own columns, units and signs: the plain form of the house. */
  readonly plain: boolean;
}

/**
 * Reads a recording (CSV or Parquet) and the partners that its mapping asks for.
 *
 * @param mappings  of all files; the specification's own action wins. Without any, a file of the plain form maps itself.
 * @throws FileRefused and MappingError, as their readers say
 */
export async function readLog(
  spec: RecordingSpec,
  mappings: readonly ColumnMapping[],
  rules: readonly PartnerRule[],
  plant: Plant,
  signal?: AbortSignal,
): Promise<LogOfFile> {
  let own: ColumnMapping[] = [];
  let plan: ColumnPlan | undefined;
  const table = await readTable(
    spec.path,
    (header) => {
      own = mappingsOf(spec, mappings.length > 0 ? mappings : plainMapping(spec.path, header, plant), plant);
      plan = planColumns(spec.path, header, own, rules, plant);
      return wantedColumns(plan.own);
    },
    signal,
  );
  const main: MappedTable = { file: spec.path, table, columns: plan!.own };
  const partners: MappedTable[] = [];
  for (const [name, wanted] of plan!.partners) {
    const path = partnerPath(
      spec.path,
      rules.find((rule) => rule.name === name)!,
    );
    let columns: MappedTable['columns'] = [];
    const choose = (header: CsvHeader) =>
      wantedColumns(
        (columns = planPartner(
          path,
          header,
          wanted,
          own.find(({ role }) => role === 'time')!,
        )),
      );
    partners.push({ file: path, table: await readTable(path, choose, signal), columns });
  }
  return {
    log: assembleLog(main, partners, plant),
    actionColumn: own.find(({ role }) => role === 'action')!.column,
    ignoredColumns: plan!.ignored,
    plain: mappings.length === 0,
  };
}

async function readTable(
  path: string,
  choose: (header: CsvHeader) => readonly WantedColumn[],
  signal: AbortSignal | undefined,
): Promise<CsvTable> {
  return isParquet(path) ? readParquetLog(path, choose, signal) : readCsv(path, choose, signal);
}

function mappingsOf({ action }: RecordingSpec, mappings: readonly ColumnMapping[], plant: Plant): ColumnMapping[] {
  if (action === undefined) return [...mappings];
  const mapped = mappings.find(({ role, column }) => role === 'action' && column === action.column);
  // The same column may have been mapped with sign and scale; only a stated unit speaks against that.
  const wanted = mapped !== undefined && action.unit === undefined ? mapped : actionMapping(action.column, action.unit, plant);
  const taken = mappings.find(({ role, column }) => role !== 'action' && role !== 'ignore' && column === action.column);
  if (taken !== undefined)
    throw new MappingError(
      `The column "${action.column}" is mapped to "${taken.role}" and cannot be the action too.`,
      'Name another column.',
    );
  return [...mappings.filter(({ role, column }) => role !== 'action' && column !== action.column), wanted];
}

function partnerPath(path: string, { name, find, replace }: PartnerRule): string {
  const file = basename(path);
  if (!file.includes(find))
    throw new MappingError(
      `The partner "${name}" of ${path} is found by replacing "${find}", and that is not in its name.`,
      'Map a column of the file itself, or mend the rule.',
      path,
    );
  const partner = file.replace(find, () => replace);
  return path === file ? partner : join(dirname(path), partner);
}

import { FileRefused, MappingError } from '../../shared/recordings/refusal';
import { SettingError } from '../../shared/settings';
import type { Warning } from './command';
import type { Identity } from './identity';
import { LackingError, UsageError } from './refusals';

export const exitCodes = {
  done: 0,
  unsuccessful: 1,
  usage: 2,
  refused: 3,
  lacking: 4,
  fault: 5,
  interrupted: 130,
  terminated: 143,
} as const;

/** What a document says about a call that did not end as asked. */
export interface DocumentError {
  readonly code: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly remedy: string;
  /** What else is wrong with the same file; the first few, and how many more there are. */
  readonly others?: readonly { readonly message: string; readonly line?: number; readonly column?: number; readonly remedy: string }[];
  readonly more?: number;
}
export interface Envelope {
  readonly command: string | null;
  readonly seed: number | null;
  readonly wallSeconds: number;
  readonly cancelled: boolean;
  readonly warnings: readonly Warning[];
}

/** The envelope's fields first, then the command's own, then the error when there is one. */
export function documentOf(
  { version, commit }: Identity,
  envelope: Envelope,
  fields: Readonly<Record<string, unknown>>,
  error?: DocumentError,
): Record<string, unknown> {
  const { command, seed, wallSeconds, cancelled, warnings } = envelope;
  return {
    document: 1,
    command,
    upright: version,
    commit,
    seed,
    wallSeconds,
    cancelled,
    warnings,
    ...fields,
    ...(error === undefined ? {} : { error }),
  };
}

export const printed = (document: Readonly<Record<string, unknown>>): string => `${JSON.stringify(document, finiteOnly)}\n`;

/** Exit code and words of an error that is nobody's fault of ours; undefined for one that is. */
export function judge(error: unknown): { readonly exit: number; readonly error: DocumentError } | undefined {
  if (error instanceof UsageError)
    return { exit: exitCodes.usage, error: { code: error.code, message: error.message, remedy: error.remedy } };
  if (error instanceof MappingError) {
    return {
      exit: exitCodes.usage,
      error: { code: 'recording', message: error.message, ...(error.file === undefined ? {} : { file: error.file }), remedy: error.remedy },
    };
  }
  if (error instanceof SettingError) {
    return {
      exit: exitCodes.usage,
      error: { code: 'setting', message: error.message, remedy: 'Change the value that is named, or leave it out.' },
    };
  }
  if (error instanceof LackingError)
    return { exit: exitCodes.lacking, error: { code: error.code, message: error.message, remedy: error.remedy } };
  if (error instanceof FileRefused) {
    const { line, column } = error.place;
    return {
      exit: exitCodes.refused,
      error: {
        code: `import.${error.code}`,
        message: error.message,
        file: error.file,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
        remedy: error.remedy,
        ...(error.others.length === 0
          ? {}
          : { others: error.others.map(({ message, place, remedy }) => ({ message, line: place.line, column: place.column, remedy })) }),
        ...(error.more === 0 ? {} : { more: error.more }),
      },
    };
  }
  return undefined;
}

/** `file:line:column: message remedy`, without the parts that do not exist; a line for each thing that is wrong. */
export function sentenceOf({ others = [], more = 0, ...first }: DocumentError): string {
  const lines = [first, ...others.map((other) => ({ ...other, file: first.file }))].map(({ file, line, column, message, remedy }) => {
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    return `${place === '' ? '' : `${place}: `}${message} ${remedy}`;
  });
  return [...lines, ...(more > 0 ? [`And ${more} more like these.`] : [])].join('\n');
}

/** Every number of a document is finite; JSON would quietly make the others null. */
function finiteOnly(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`The document's "${key}" is ${value}, which JSON cannot say.`);
  return value;
}

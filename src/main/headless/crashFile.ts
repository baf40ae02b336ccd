import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from '../storage/atomicFile';
import type { Identity } from './identity';

/** What is known about a fault of ours. */
export interface Crash {
  readonly argv: readonly string[];
  readonly identity: Identity;
  readonly error: unknown;
}

/** Leaves the facts in `crashes/` of the user data folder, or in the temporary folder when that cannot be written. @returns its path */
export async function writeCrashFile(home: string, { argv, identity, error }: Crash): Promise<string> {
  const when = new Date().toISOString();
  const name = `crash-${when.replace(/[:.]/g, '-')}-${process.pid}.txt`;
  const text = [
    `upright ${identity.version} (${identity.commit ?? 'no commit'}), ${when}`,
    `node ${process.version}, ${process.platform} ${process.arch}`,
    `command: ${argv.map((word) => JSON.stringify(word)).join(' ')}`,
    '',
    error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error),
    ...(error instanceof Error && error.cause !== undefined
      ? ['', `cause: ${error.cause instanceof Error ? error.cause.stack : String(error.cause)}`]
      : []),
    '',
  ].join('\n');
  try {
    const path = join(home, 'crashes', name);
    await writeWhole(path, text);
    return path;
  } catch {
    const path = join(tmpdir(), name);
    await writeWhole(path, text);
    return path;
  }
}

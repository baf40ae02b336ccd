import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** File of a data folder that says where its content is now. */
export const MOVED = 'moved.json';
export interface Moved {
  readonly to: string;
}
/** Folders that are followed, one after the other. */
const MOST_MOVES = 8;

/** Where the data of a folder is now: there, or where it was moved to. */
export function dataFolderNow(folder: string): string {
  let now = folder;
  for (let moves = 0; moves < MOST_MOVES; moves++) {
    const to = movedTo(now);
    if (to === undefined) break;
    now = to;
  }
  return now;
}
function movedTo(folder: string): string | undefined {
  try {
    const moved = JSON.parse(readFileSync(join(folder, MOVED), 'utf8')) as Partial<Moved> | null;
    return typeof moved?.to === 'string' && isAbsolute(moved.to) ? moved.to : undefined;
  } catch {
    return undefined; // nobody moved it
  }
}

/**
 * The folder that holds recordings, models, setups, rigs and profiles.
 *
 * @param given        as `--home` says it
 * @param environment  UPRIGHT_HOME, XDG_CONFIG_HOME and APPDATA are read
 */
export function userDataFolder(given: string | undefined, environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const chosen = given ?? environment.UPRIGHT_HOME;
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') return join(environment.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'upright');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'upright');
  return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'upright');
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

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

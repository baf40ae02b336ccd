import { join } from 'node:path';
import { builtInSetups } from '../../shared/setups/builtIn';
import type { Setup } from '../../shared/setups/setup';
import { readSetupFile } from './setupFile';
import { whatIsWrongWith } from './setupFolder';

/**
 * A setup by its name, built in or saved, or in a file.
 *
 * @param home  user data folder, where saved setups are
 * @returns undefined when there is none, and no such file
 * @throws FileRefused for a file that is no setup
 */
export async function findSetup(wanted: string, home: string): Promise<Setup | undefined> {
  if (Object.hasOwn(builtInSetups, wanted)) return builtInSetups[wanted];
  const saved = whatIsWrongWith(wanted) === '' ? await readSetupFile(join(home, 'setups', `${wanted}.json`)) : undefined;
  return saved === undefined ? readSetupFile(wanted) : { ...saved, name: wanted };
}

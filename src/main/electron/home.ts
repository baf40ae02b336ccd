import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInSetups } from '../../shared/setups/builtIn';
import type { Setup } from '../../shared/setups/setup';
import { findSetup } from '../storage/findSetup';
import { dataFolderNow, userDataFolder } from '../storage/userData';

// Chromium and Electron have flags of their own, so unknown ones are left alone; `npm start` refuses them before.
const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { home: { type: 'string' }, setup: { type: 'string' } },
  strict: false,
});
const given = (name: 'home' | 'setup') => (typeof values[name] === 'string' ? values[name] : undefined);

/** Where the user's data lives, the same folder as for the command line, and inside it what Chromium keeps for the window. */
export function homeOfThisRun(): { readonly data: string; readonly window: string } {
  const folder = userDataFolder(given('home'), process.env, process.platform);
  return { data: dataFolderNow(folder), window: join(folder, 'window') };
}

/**
 * The setup that `--setup NAME|FILE` names, built in, saved or a file; undefined without the flag.
 * @throws Error when there is none of this name, FileRefused for a file that is no setup
 */
export async function setupOfThisRun(home: string): Promise<Setup | undefined> {
  const wanted = given('setup');
  if (wanted === undefined) return undefined;
  const setup = await findSetup(wanted, home);
  if (setup === undefined)
    throw new Error(`There is no setup "${wanted}" and no file of this name. Built in: ${Object.keys(builtInSetups).join(', ')}.`);
  return setup;
}

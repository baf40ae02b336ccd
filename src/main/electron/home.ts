import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { userDataFolder } from '../storage/userData';

/** Where the user's data lives, the same folder as for the command line, and inside it what Chromium keeps for the window. */
export function homeOfThisRun(): { readonly data: string; readonly window: string } {
  const { values } = parseArgs({ args: process.argv.slice(1), options: { home: { type: 'string' } }, strict: false });
  const data = userDataFolder(typeof values.home === 'string' ? values.home : undefined, process.env, process.platform);
  return { data, window: join(data, 'window') };
}

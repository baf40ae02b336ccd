import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder of real recordings, or undefined where this machine has none. */
export const realData = (() => {
  const folder = resolve(process.env.UPRIGHT_DATA ?? join(import.meta.dirname, '../../../shared/data'), 'dfki-simple-pendulum');
  return existsSync(folder) ? folder : undefined;
})();
export const whyNoData = 'no real recordings: set UPRIGHT_DATA to a folder that holds dfki-simple-pendulum';

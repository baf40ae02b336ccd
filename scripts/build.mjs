/** `npm run build`: the same build that every command makes when the sources have changed. */
import { NotPrepared, prepare } from './bootstrap.mjs';

try {
  await prepare();
  process.stderr.write('upright: out/ is up to date\n');
} catch (error) {
  if (!(error instanceof NotPrepared)) throw error;
  process.stderr.write(`${error.message}\n${error.remedy}\n`);
  process.exit(1);
}

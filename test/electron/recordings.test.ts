import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'vitest';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { withValues } from '../../src/shared/setups/resolve';
import { launch, running, until, type Running } from './harness';

let app: Running | undefined;
afterEach(async () => {
  await app?.end();
  app = undefined;
});

test('what the app recorded is listed, replayed and moved into the trash of the desktop', async () => {
  const home = mkdtempSync(join(tmpdir(), 'upright-electron-'));
  const folder = join(home, 'upright/recordings');
  mkdirSync(join(home, 'upright/setups'), { recursive: true });
  writeFileSync(join(home, 'upright/setups/short.json'), JSON.stringify(withValues(builtInSetups.pendulum!, { 'learning.episode': 2 })));
  app = await launch(home, '--setup', 'short');
  const { page } = app;
  await running(page);
  await until(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.mcap')), 'an episode is recorded', 30_000);
  const name = readdirSync(folder).find((one) => one.endsWith('.mcap'))!;
  await page.getByRole('button', { name: 'Recordings' }).click();
  await page
    .getByRole('row', { name: name.replace('.mcap', ''), exact: true })
    .locator('.name button')
    .click();
  await page.getByText(/^of \d\.\d\d s, recorded$/).waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await until(() => !existsSync(join(folder, name)), 'it has left the folder', 10_000);
});

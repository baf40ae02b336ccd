import { randomBytes } from 'node:crypto';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorBackend } from '../../shared/models/tensorBackend';
import type { Setup } from '../../shared/setups/setup';
import { pageFolder } from '../page/pageFiles';
import { createWorkbench } from '../workbench/workbench';
import { forkControl, spawnLearner } from '../workers/fork';
import { spawnLibrarian } from '../workers/librarianThread';
import type { World } from './command';
import { headlessDesktop, openOnDesktop } from './desktop';
import { LackingError } from './refusals';
import { SOCKET_PATH, startServer, type RunningServer } from './server';
import { makeFolder } from '../storage/makeFolder';

export interface ServeOptions {
  /** 0: any free port. */
  readonly port: number;
  /** Whether to open the address in the browser of this desktop. */
  readonly open: boolean;
  readonly version: string;
  /** What to begin with; the default setup when absent. */
  readonly setup?: Setup;
  /** The backend of TensorFlow.js to train networks on; the kernels train them when absent. */
  readonly backend?: TensorBackend['name'];
}

/**
 * Serves the workbench on loopback until `world.signal` is aborted: then Stop, the children leave, the port is free.
 * Announces the address as soon as somebody can open it.
 *
 * @throws LackingError when the port is taken, or when the key cannot be left in the data folder
 */
export async function runServe(
  { port, open, version, setup, backend }: ServeOptions,
  world: Pick<World, 'home' | 'now' | 'signal' | 'announce' | 'warn'>,
): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  const folder = join(world.home, 'serve');
  await makeFolder(folder, 0o700).catch(refuseFolder(folder)); // before anything runs
  const workbench = createWorkbench({
    ...{ forkControl, spawnLearner, spawnLibrarian, desktop: headlessDesktop, now: world.now, home: world.home, version },
    ...(setup && { setup }),
    ...(backend && { backend }),
  });
  let server: RunningServer | undefined;
  let tokenFile: string | undefined;
  try {
    server = await startServer({ port, folder: pageFolder(), token, join: (transport) => workbench.join(transport), now: world.now }).catch(
      refusePort(port),
    );
    tokenFile = await writeToken(folder, server.port, token).catch(refuseFolder(folder));
    const { url } = server;
    await world.announce(
      { url, port: server.port, socketPath: SOCKET_PATH, pid: process.pid, tokenFile },
      `The workbench is open at\n\n  ${url}\n\nThe part after the # is the key: it admits whoever knows it, from this computer only. Ctrl+C stops the rig and ends.`,
    );
    // the address is printed in any case, so a desktop that cannot open it is a warning only
    if (open)
      openOnDesktop(url, (command) =>
        world.warn({ code: 'noBrowser', text: `No browser could be opened (${command} is missing): open the address yourself.` }),
      );
    await aborted(world.signal);
    workbench.stop('The workbench was asked to end.');
  } finally {
    await Promise.all([server?.close(), workbench.close()]);
    if (tokenFile !== undefined) await rm(tokenFile, { force: true });
  }
}

/** Scripts of the same user read the token here and send it as Bearer. */
async function writeToken(folder: string, port: number, token: string): Promise<string> {
  const file = join(folder, `${port}.token`);
  await rm(file, { force: true }); // left by a serve that was killed, perhaps with other rights
  await writeFile(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(file, 0o600); // the umask may have been stricter or odd
  return file;
}

function refuseFolder(folder: string): (error: unknown) => never {
  return (error) => {
    throw new LackingError(
      'home',
      `The key for scripts cannot be kept in ${folder}: ${(error as Error).message}.`,
      'Choose another folder with --home.',
    );
  };
}

function refusePort(port: number): (error: unknown) => never {
  return (error) => {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE')
      throw new LackingError(
        'portTaken',
        `Port ${port} is taken by another program.`,
        'Choose another port, or leave --port out for any free one.',
      );
    if (code === 'EACCES')
      throw new LackingError(
        'portForbidden',
        `Port ${port} may not be used by this user.`,
        'Choose a port above 1023, or leave --port out for any free one.',
      );
    throw error;
  };
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

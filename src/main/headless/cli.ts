/**
 * The command line: `upright COMMAND …`. The bin of the package and `npm run upright` end up here, in this very process, so
 * that signals, exit code and process number are the command's own.
 */
import { userDataFolder } from '../storage/userData';
import { commands } from './commands';
import { writeCrashFile } from './crashFile';
import { exitCodes } from './document';
import { identify } from './identity';
import { runCall } from './runCall';

const identity = identify(import.meta.dirname);
const argv = process.argv.slice(2);
const writes: Promise<void>[] = [];
const writeTo = (stream: NodeJS.WriteStream) => (text: string) => {
  writes.push(new Promise((done) => stream.write(text, () => done())));
};
// A reader that closes early (`| head -1`) is no fault.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const cancellation = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (cancellation.signal.aborted) process.exit(name === 'SIGINT' ? exitCodes.interrupted : exitCodes.terminated);
    cancellation.abort(name);
  });
}
const crash = async (error: unknown) => {
  const file = await writeCrashFile(userDataFolder(undefined, process.env, process.platform), { argv, identity, error });
  process.stderr.write(`${file}: This is a fault of the program: ${String(error)}\n`);
  process.exit(exitCodes.fault);
};
process.on('uncaughtException', (error) => void crash(error));
process.on('unhandledRejection', (error) => void crash(error));

const code = await runCall(argv, commands, {
  identity,
  environment: process.env,
  platform: process.platform,
  stdout: writeTo(process.stdout),
  stderr: writeTo(process.stderr),
  terminal: { isTerminal: process.stderr.isTTY === true, columns: process.stderr.columns ?? 100 },
  now: () => performance.now(),
  signal: cancellation.signal,
});
await Promise.all(writes);
process.exit(code); // threads and ports that a command left behind must not keep the process

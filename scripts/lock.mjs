/**
 * One holder at a time, across processes: a lock file that names its holder. A lock whose holder is gone is taken over.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

const LONGEST_MS = 30 * 60_000; // no preparation takes longer; a process number may have been given to another program

/**
 * Runs `work` while holding `path`; waits for another holder first, and says so once.
 * @param say  told a sentence while waiting
 */
export async function withLock(path, say, work) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() });
  let told = false;
  while (!tryToTake(path, mine)) {
    const holder = holderOf(path);
    if (holder === undefined) continue; // just released
    if (isGone(holder)) {
      breakLock(path, holder.text);
      continue;
    }
    if (!told) say(`another command (process ${holder.pid}) is installing or building; waiting for it …`);
    told = true;
    await new Promise((done) => setTimeout(done, 200));
  }
  const release = () => {
    if (holderOf(path)?.text === mine) rmSync(path, { force: true });
  };
  const onSignal = (signal) => {
    release();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('exit', release);
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Creates the lock with its text in one step, so that nobody ever reads an empty one. */
function tryToTake(path, text) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function holderOf(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return { ...JSON.parse(text), text };
  } catch {
    return { pid: undefined, text }; // no lock of ours, or a disk that failed
  }
}

function isGone({ pid, host, since }) {
  if (pid === undefined || Date.now() - since > LONGEST_MS) return true;
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Removes a dead holder's lock. Should another process have taken it over in the same instant, theirs is put back. */
function breakLock(path, deadText) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was quicker
  }
  if (readFileSync(aside, 'utf8') !== deadText) {
    try {
      linkSync(aside, path);
    } catch {
      // a third process holds it by now: the one whose lock was moved finds out when it releases
    }
  }
  rmSync(aside, { force: true });
}

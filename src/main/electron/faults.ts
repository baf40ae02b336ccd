import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

/** How long the children may take to leave after a fault; then the rig's own watchdog has long stopped it. */
const LEAVE_MS = 4000;

/**
 * Replaces Electron's answer to an uncaught error, a box that blocks this process while the loop runs on in an unknown state:
 * Stop first, then the facts into a file, then the children leave, then exit 70.
 */
export function setUpFaults(): { protect(workbench: Workbench, home: string): void } {
  let workbench: Workbench | undefined;
  let home = tmpdir();
  let failed = false;
  const fail = (error: unknown) => {
    if (failed) return;
    failed = true;
    const message = error instanceof Error ? error.message : String(error);
    workbench?.stop(`The window's process failed: ${message}`);
    process.stderr.write(`This is a fault of the program: ${message}\n${writeFacts(home, error)}\n`);
    const leave = () => app.exit(70);
    setTimeout(leave, LEAVE_MS);
    (workbench?.close() ?? Promise.resolve()).then(leave, leave);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  return {
    protect(running, folder) {
      workbench = running;
      home = folder;
    },
  };
}

/** @returns the path of the file, or why there is none */
function writeFacts(home: string, error: unknown): string {
  const when = new Date().toISOString();
  const { electron, node } = process.versions;
  const text = `upright ${app.getVersion()}, ${when}\nelectron ${electron}, node ${node}, ${process.platform} ${process.arch}\n\n${error instanceof Error ? error.stack : String(error)}\n`;
  const folder = join(home, 'crashes');
  const path = join(folder, `crash-${when.replace(/[:.]/g, '-')}-${process.pid}.txt`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
    return `The facts are in ${path}.`;
  } catch (reason) {
    return `The facts could not be written (${String(reason)}):\n${text}`;
  }
}

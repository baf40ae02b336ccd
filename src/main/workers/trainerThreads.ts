import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SharedTraining, TrainingCrew } from '../../shared/models/network/kernelTrainer';
import { entryFile } from './fork';

/**
 * Threads that help to train, started when a training first wants them and kept for the next one. One that fails or ends
 * fails the training that it took part in; the next training starts another in its place.
 */
export class TrainerThreads implements TrainingCrew {
  private helpers: Worker[] = [];
  private fault: string | undefined;

  constructor(
    private readonly count: number,
    private readonly spawn: () => Worker = () => new Worker(trainerEntry()),
  ) {}

  begin(training: SharedTraining): void {
    this.fault = undefined;
    const useful = Math.min(this.count, training.course.layout.members - 1); // each member is trained by one thread at a time
    while (this.helpers.length < useful) this.helpers.push(this.started());
    for (const helper of this.helpers.slice(0, useful)) helper.postMessage(training);
  }
  check(): void {
    if (this.fault !== undefined) throw new Error(`${this.fault} The next fit starts it anew.`);
  }
  breathe(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  async close(): Promise<void> {
    await Promise.all(this.helpers.splice(0).map((helper) => helper.terminate()));
  }

  private started(): Worker {
    const helper = this.spawn();
    helper.unref(); // it is idle whenever nobody waits for it
    const gone = (how: string) => {
      if (!this.helpers.includes(helper)) return;
      this.helpers = this.helpers.filter((one) => one !== helper);
      this.fault = `A training thread ${how}.`;
    };
    helper.on('error', (error) => gone(`failed: ${error instanceof Error ? error.message : String(error)}`));
    helper.on('exit', (code) => gone(`ended with code ${code}`));
    return helper;
  }
}

/** Beside the other entries of a build; for sources that run by themselves, in the build of the project around them. */
function trainerEntry(): string {
  if (!existsSync(join(import.meta.dirname, 'trainer.js'))) {
    for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
      if (existsSync(join(folder, 'out/main/trainer.js'))) return entryFile('trainer', join(folder, 'out/main'));
    }
  }
  return entryFile('trainer');
}

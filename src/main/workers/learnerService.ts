import { FitCancelled, type FitProgress } from '../../shared/models/model';
import { kindOf, runFit } from '../../shared/models/fitJob';
import type { ChosenTrainer } from '../../shared/models/network/trainer';
import type { FromLearner, ToLearner } from '../workbench/learnerClient';
import { chooseTrainer } from './trainers';

/** What the learner may use of its process. */
export interface LearnerHost {
  send(message: FromLearner): void;
  onMessage(listener: (message: ToLearner) => void): void;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Resolves after other messages had their turn. */
  breathe(): Promise<void>;
  leave(): void;
  /** From now on computes only where no other thread wants a core. */
  stepBack(): void;
  /** That networks are trained on, unless it has stepped back: then on one. 1 when absent. */
  readonly threads?: number;
}
/** Progress is told at most so often, in milliseconds. */
const TELL_EVERY = 50;

/** Serves fits one after the other: a new one begins when the one before has ended, which a cancel hastens. */
export function serveLearner(host: LearnerHost): void {
  let last: Promise<void> = Promise.resolve();
  const cancelled = new Set<number>();
  host.onMessage((message) => {
    if (message.kind === 'leave') host.leave();
    else if (message.kind === 'cancel') cancelled.add(message.fit);
    else last = last.then(() => serveFit(message));
  });

  async function serveFit({ fit, job, wish, avoidNative, stepBack }: ToLearner & { kind: 'fit' }): Promise<void> {
    const begun = host.now();
    if (stepBack === true) host.stepBack();
    try {
      let trainer: ChosenTrainer | undefined;
      if (kindOf(job).usesTensors) {
        if (wish !== 'auto') host.send({ kind: 'loading', fit });
        trainer = await chooseTrainer('auto', wish, { avoid: avoidNative, threads: stepBack === true ? 1 : host.threads });
        if (trainer.backend) host.send({ kind: 'backend', fit, backend: trainer.backend });
      }
      let toldAt = -Infinity;
      const onProgress = (progress: FitProgress) => {
        const now = host.now();
        if (now - toldAt < TELL_EVERY && progress.done < progress.total) return;
        toldAt = now;
        const { done, total } = progress;
        const secondsLeft = done > 0 && total > 0 ? ((now - begun) / 1000) * ((total - done) / done) : undefined;
        host.send({ kind: 'progress', fit, progress: { ...progress, ...(secondsLeft === undefined ? {} : { secondsLeft }) } });
      };
      const checkpoint = async () => {
        await host.breathe();
        if (cancelled.has(fit)) throw new FitCancelled();
      };
      await checkpoint();
      const model = await runFit(job, { onProgress, checkpoint });
      host.send({
        kind: 'done',
        fit,
        saved: model.save(),
        seconds: (host.now() - begun) / 1000,
        ...(trainer && { trainer: trainer.name, ...(trainer.backend && { backend: trainer.backend }) }),
      });
    } catch (error) {
      host.send({
        kind: 'failed',
        fit,
        cancelled: error instanceof FitCancelled,
        message: error instanceof Error ? error.message : String(error),
      });
    } finally {
      cancelled.delete(fit);
    }
  }
}

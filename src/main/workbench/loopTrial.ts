import { TransitionStore } from '../../shared/episodes/transitions';
import type { FromControl, ToControl } from '../../shared/contract/controlMessages';
import { randomStream } from '../../shared/math/random';
import { physics } from '../../shared/models';
import { FitCancelled } from '../../shared/models/model';
import { defaultsOf } from '../../shared/settings';
import { builtInSetups } from '../../shared/setups/builtIn';
import { resolveSetup, schemasOf, withValues } from '../../shared/setups/resolve';
import type { ControlChild } from './children';
import { LearnerClient } from './learnerClient';
import type { WorkbenchPorts } from './workbenchPorts';

export interface LoopTrial {
  readonly hertz: number;
  readonly seconds: number;
  /** Whether the network ensemble is fitted over and over meanwhile. */
  readonly training: boolean;
  /** Whether pictures of the plans are made, as for a page that draws them. */
  readonly pictures: boolean;
}
export interface LoopTrialFigures {
  readonly periods: number;
  /** Milliseconds by which periods began late. */
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
  /** Periods whose command came late or that began more than a tenth of a period late. */
  readonly late: number;
  /** Optimiser steps that the learner made meanwhile. */
  readonly trainingSteps: number;
  readonly pictures: number;
  readonly planMs: { readonly p50: number; readonly p99: number };
}

/**
 * How punctual the control process is: the real processes, at a strict pace, planning through the equations of the
 * cart-pole, with a learner that trains beside it or not. Nothing here has a deadline but the loop that is measured.
 */
export async function tryLoop(trial: LoopTrial, ports: Pick<WorkbenchPorts, 'forkControl' | 'spawnLearner'>): Promise<LoopTrialFigures> {
  const setup = withValues(
    { ...builtInSetups.light!, model: 'physics' },
    {
      'loop.period': 1 / trial.hertz,
      'loop.pace': 'strict',
      'loop.threads': 1,
      'rig.delay': 1 / trial.hertz,
      'planner.population': 32,
      'planner.iterations': 2,
      'planner.horizon': 0.3,
    },
  );
  const resolved = resolveSetup(setup);
  const { plant, instance, period, settings } = resolved;
  const model = await physics.fit({
    plant,
    plantId: setup.plant,
    plantValues: settings.plant,
    instance,
    period,
    data: new TransitionStore(instance.size).head(0),
    settings: defaultsOf(physics.settings),
    priors: [],
    seed: 1,
  });
  const control = ports.forkControl();
  const learner = new LearnerClient({ spawnLearner: ports.spawnLearner });
  const say = (message: ToControl) => control.send(message);
  const lateness: number[] = [];
  const plans: number[] = [];
  let late = 0;
  let pictures = 0;
  let trainingSteps = 0;
  let over = false;
  const train = async () => {
    while (!over && trial.training) {
      let done = 0;
      await learner
        .fit(
          ensembleJob(trial.hertz),
          (progress) => {
            trainingSteps += progress.done - done;
            done = progress.done;
          },
          true, // as the workbench has it done at a strict pace
        )
        .catch((error: unknown) => {
          if (!(error instanceof FitCancelled)) throw error;
        });
    }
  };
  await greeted(control);
  const finished = new Promise<void>((done) => {
    control.onMessage((raw) => {
      const message = raw as FromControl;
      if (message.kind === 'telemetry') {
        lateness.push(...message.block.latenessMs);
        plans.push(...message.block.planMs.filter(Number.isFinite));
      } else if (message.kind === 'plan') {
        pictures++;
        say({ kind: 'credit', frames: 1 });
      } else if (message.kind === 'status') late = message.status.late;
      else if (message.kind === 'ended') done();
    });
  });
  say({ kind: 'configure', setup });
  say({ kind: 'model', model: model.save(), label: physics.label, fit: 1 });
  if (trial.pictures) say({ kind: 'credit', frames: 2 });
  const training = train();
  say({
    kind: 'episode',
    setup,
    index: 0,
    plan: { randomSeconds: 0, replan: 'everyPeriod', seconds: trial.seconds, fitFirst: false },
    pose: undefined,
  });
  const beat = setInterval(() => say({ kind: 'alive' }), 250);
  await finished;
  clearInterval(beat);
  over = true;
  learner.cancel();
  await training;
  await learner.close();
  await new Promise<void>((gone) => {
    control.onExit(() => gone());
    say({ kind: 'leave' });
  });
  // the first half second is start-up: threads are being born, and the code is still interpreted
  const steady = lateness.slice(Math.ceil(trial.hertz / 2)).sort((a, b) => a - b);
  const quantile = (sorted: readonly number[], q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
  plans.sort((a, b) => a - b);
  return {
    periods: steady.length,
    latenessMs: { p50: quantile(steady, 0.5), p99: quantile(steady, 0.99), p999: quantile(steady, 0.999), max: steady.at(-1) ?? NaN },
    late,
    trainingSteps,
    pictures,
    planMs: { p50: quantile(plans, 0.5), p99: quantile(plans, 0.99) },
  };
}

const greeted = (control: ControlChild): Promise<void> =>
  new Promise((done) => {
    control.onMessage((message) => {
      if ((message as FromControl).kind === 'hello') done();
    });
  });

/** A fit as a live run begins it: the ensemble on ten seconds of data. */
function ensembleJob(hertz: number): Parameters<LearnerClient['fit']>[0] {
  const setup = { ...builtInSetups.light!, model: 'ensemble' };
  const resolved = resolveSetup(setup);
  const random = randomStream(7);
  const store = new TransitionStore(resolved.instance.size);
  for (let i = 0; i < 200; i++) {
    const state = Float64Array.from(resolved.plant.channels, (channel) => channel.scale * random.normal());
    const next = state.map((value) => value + 0.01 * random.normal());
    store.add(state, resolved.instance.actionLimit * (2 * random.uniform() - 1), next);
  }
  const model = Object.fromEntries(Object.entries(schemasOf(setup).model).map(([key, setting]) => [key, setting.default]));
  return {
    plant: setup.plant,
    plantSettings: resolved.settings.plant,
    model: setup.model,
    settings: model,
    priors: setup.priors,
    period: 1 / hertz,
    data: store.head(200),
    seed: 1,
  };
}

import { LiveRun, type LiveRunPorts } from '../../src/main/control/liveRun';
import { PlannerThread } from '../../src/main/control/plannerThread';
import type { FromPlanner, ToPlanner } from '../../src/main/control/plannerMessages';
import { TransitionStore } from '../../src/shared/episodes/transitions';
import { physics } from '../../src/shared/models';
import { defaultsOf } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import type { Telemetry } from '../../src/shared/contract/contract';
import type { FromControl, ToControl } from '../../src/shared/contract/controlMessages';
import { ManualClock } from './manualClock';

export const PERIOD_MS = 50;
export const light = (values: Record<string, unknown> = {}): Setup =>
  withValues({ ...builtInSetups.light!, model: 'physics' }, { 'planner.population': 32, 'planner.iterations': 2, ...values });

/** A live run on a manual clock with a real planner behind it, which answers after `planningMs`; Infinity for never. */
export function liveRun(planning: { ms: number }, recorderIn?: LiveRunPorts['recorderIn']) {
  const clock = new ManualClock();
  const heard: FromControl[] = [];
  const searches: { readonly asked: number; readonly until: number }[] = [];
  let busyUntil = 0;
  let answer: (message: FromPlanner) => void = () => {};
  let lose: (reason: string) => void = () => {};
  const thread = new PlannerThread({
    post: (message) => answer(message),
    spawnEvaluator: () => {
      throw new Error('one thread');
    },
    now: clock.now,
  });
  const run = new LiveRun({
    now: clock.now,
    setTimer: clock.setTimer,
    send: (message) => void heard.push(structuredClone(message)),
    ...(recorderIn && { recorderIn }),
    planner: {
      // one message after the other, as a thread reads them; an unanswered plan never reaches the slot either: the thread hangs
      post: (message: ToPlanner) => {
        if (message.kind === 'plan') searches.push({ asked: clock.now(), until: message.until });
        if (message.kind === 'plan' && planning.ms === Infinity) return;
        const read = () =>
          thread.receive(message.kind === 'configure' || message.kind === 'prepare' ? { ...message, threads: 1 } : message);
        if (message.kind !== 'plan' && busyUntil <= clock.now()) return read();
        if (message.kind === 'plan') busyUntil = Math.max(busyUntil, clock.now()) + planning.ms;
        clock.setTimer(read, busyUntil - clock.now());
      },
      onMessage: (listener) => (answer = listener),
      onLost: (listener) => (lose = listener),
    },
  });
  const blocks = (): Telemetry[] => heard.flatMap((message) => (message.kind === 'telemetry' ? [message.block] : []));
  return {
    clock,
    run,
    heard,
    searches,
    lose: (reason: string) => lose(reason),
    steps: () => blocks().reduce((sum, { count }) => sum + count, 0),
    commands: () => blocks().flatMap(({ commands }) => Array.from(commands)),
    basis: () => blocks().flatMap(({ basis }) => Array.from(basis)),
    status: () => heard.flatMap((message) => (message.kind === 'status' ? [message.status] : [])).at(-1)!,
    ended: () => heard.flatMap((message) => (message.kind === 'ended' ? [message] : [])),
  };
}
/** The equations of motion as a model of this setup. */
export async function modelOf(setup: Setup) {
  const { plant, instance, period, settings, setup: own } = resolveSetup(setup);
  const data = new TransitionStore(instance.size).head(0);
  const model = await physics.fit({
    plant,
    plantId: own.plant,
    plantValues: settings.plant,
    instance,
    period,
    data,
    settings: defaultsOf(physics.settings),
    priors: [],
    seed: 1,
  });
  return { model: model.save() };
}
export async function begin(
  live: ReturnType<typeof liveRun>,
  setup: Setup,
  seconds = 8,
  record?: Extract<ToControl, { kind: 'episode' }>['record'],
) {
  const { model } = await modelOf(setup);
  live.run.receive({ kind: 'configure', setup });
  live.run.receive({ kind: 'model', model, label: 'physics', fit: 1 });
  live.run.receive({
    kind: 'episode',
    setup,
    index: 0,
    plan: { randomSeconds: 0, replan: 'everyPeriod', seconds, fitFirst: false },
    pose: undefined,
    ...(record && { record }),
  });
}
